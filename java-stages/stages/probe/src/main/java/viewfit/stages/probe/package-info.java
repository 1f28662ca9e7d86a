/** The {@code probe} stage: command line and contract over one library. */
@NullMarked
package viewfit.stages.probe;

import org.jspecify.annotations.NullMarked;
