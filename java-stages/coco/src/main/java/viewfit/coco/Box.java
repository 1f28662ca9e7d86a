package viewfit.coco;

/**
 * A box of an image.
 *
 * @param x left edge in pixels
 * @param y upper edge in pixels
 * @param width in pixels
 * @param height in pixels
 */
public record Box(double x, double y, double width, double height) {
    /** Width times height. */
    public double area() {
        return width * height;
    }

    /**
     * Intersection over union; edges are lines, so nothing is added to widths or heights. Boxes that only touch give 0.
     *
     * @param crowd whether {@code other} is a region of a crowd: then the intersection over the area of this box
     */
    public double iou(Box other, boolean crowd) {
        double w = Math.min(width + x, other.width + other.x) - Math.max(x, other.x);
        if (w <= 0) {
            return 0;
        }
        double h = Math.min(height + y, other.height + other.y) - Math.max(y, other.y);
        if (h <= 0) {
            return 0;
        }
        double both = w * h;
        double mine = area();
        return both / (crowd ? mine : mine + other.area() - both);
    }
}
