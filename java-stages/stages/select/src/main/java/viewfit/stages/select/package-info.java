/** The {@code select} stage: command line and contract over one library. */
@NullMarked
package viewfit.stages.select;

import org.jspecify.annotations.NullMarked;
