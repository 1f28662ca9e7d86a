/** picocli base of the stages, exit codes, output verifier. */
@NullMarked
package viewfit.cli;

import org.jspecify.annotations.NullMarked;
