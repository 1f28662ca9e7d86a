package viewfit.coco;

/**
 * An image of the annotations.
 *
 * @param height in pixels, 0 if it does not matter
 * @param width in pixels, 0 if it does not matter
 */
record Picture(long id, int height, int width) {}
