/** The {@code halve} stage: command line and contract over one library. */
@NullMarked
package viewfit.stages.halve;

import org.jspecify.annotations.NullMarked;
