/** The {@code coco-export} stage: command line and contract over one library. */
@NullMarked
package viewfit.stages.cocoexport;

import org.jspecify.annotations.NullMarked;
