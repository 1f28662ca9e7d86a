package viewfit.views;

/**
 * A box inside a picture, in whole source pixels.
 *
 * @param x left edge, from 0
 * @param y top edge, from 0
 * @param width at least 1
 * @param height at least 1
 */
public record Crop(int x, int y, int width, int height) {
    public Crop {
        if (x < 0 || y < 0 || width < 1 || height < 1) {
            throw new IllegalArgumentException(
                    "crop: " + x + "," + y + " " + width + "x" + height + ": left and top from 0, sides from 1");
        }
    }

    /** The box that is the whole picture. */
    public static Crop whole(int width, int height) {
        return new Crop(0, 0, width, height);
    }

    /** Area in source pixels. */
    public long area() {
        return (long) width * height;
    }

    /** Whether the box lies inside a picture of this size. */
    public boolean fits(int pictureWidth, int pictureHeight) {
        return x + width <= pictureWidth && y + height <= pictureHeight;
    }

    /**
     * Pixel scale of a view cut from this box (Tan et al. 2023, equation 1): output pixels per source pixel.
     *
     * @param side side length of the square view in pixels
     */
    public double pixelScale(int side) {
        return (double) side * side / area();
    }
}
