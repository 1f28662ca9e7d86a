/** The COCO detection metric: annotations and results, run-length masks, matching, accumulation, summary. */
@NullMarked
package viewfit.coco;

import org.jspecify.annotations.NullMarked;
