/** The {@code split} stage: command line and contract over one library. */
@NullMarked
package viewfit.stages.split;

import org.jspecify.annotations.NullMarked;
