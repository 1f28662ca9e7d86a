package viewfit.coco;

import org.jspecify.annotations.Nullable;

/**
 * A true object.
 *
 * @param place its index in the file
 * @param area as annotated, in pixels: it decides the range of sizes; of a crowd it is not used
 * @param crowd a region of many objects, which may be found any number of times and counts neither way
 * @param box there if boxes are compared
 * @param segmentation there if masks are compared
 */
record Annotation(
        int place,
        long id,
        long image,
        long category,
        double area,
        boolean crowd,
        @Nullable Box box,
        @Nullable Segmentation segmentation) {}
