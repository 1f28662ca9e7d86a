/** The {@code test} stage: command line and contract over one library. */
@NullMarked
package viewfit.stages.test;

import org.jspecify.annotations.NullMarked;
