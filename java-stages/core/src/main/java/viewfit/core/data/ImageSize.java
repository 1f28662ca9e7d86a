package viewfit.core.data;

/**
 * Sides of a picture.
 *
 * @param width in pixels
 * @param height in pixels
 */
public record ImageSize(int width, int height) {
    /** Width times height. */
    public long pixels() {
        return (long) width * height;
    }
}
