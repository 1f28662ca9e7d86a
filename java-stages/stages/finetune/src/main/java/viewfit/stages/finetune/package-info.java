/** The {@code finetune} stage: command line and contract over one library. */
@NullMarked
package viewfit.stages.finetune;

import org.jspecify.annotations.NullMarked;
