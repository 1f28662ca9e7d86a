/** The {@code pack} stage: command line and contract over one library. */
@NullMarked
package viewfit.stages.pack;

import org.jspecify.annotations.NullMarked;
