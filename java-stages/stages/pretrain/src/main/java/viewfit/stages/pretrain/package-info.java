/** The {@code pretrain} stage: command line and contract over one library. */
@NullMarked
package viewfit.stages.pretrain;

import org.jspecify.annotations.NullMarked;
