package viewfit.coco;

import org.jspecify.annotations.Nullable;

/**
 * A result.
 *
 * @param place its index in the file
 * @param area in pixels; NaN: that of its mask
 * @param box there if boxes are compared
 * @param segmentation there if masks are compared
 */
record Detection(
        int place,
        long image,
        long category,
        double score,
        double area,
        @Nullable Box box,
        @Nullable Segmentation segmentation) {}
