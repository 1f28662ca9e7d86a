/** The {@code grid} stage: command line and contract over one library. */
@NullMarked
package viewfit.stages.grid;

import org.jspecify.annotations.NullMarked;
