/** {@code bin/stage coco-eval}. */
@NullMarked
package viewfit.stages.cocoeval;

import org.jspecify.annotations.NullMarked;
