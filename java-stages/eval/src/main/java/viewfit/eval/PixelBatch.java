package viewfit.eval;

import java.nio.ByteBuffer;

/** Square RGB images as bytes; valid until the consumer returns. */
public final class PixelBatch {
    private final ByteBuffer pixels;
    private final int[] rows;
    private final int side;

    /**
     * @param pixels rows.length * side * side * 3 bytes from position 0, row by row, RGB; direct
     * @param rows manifest row of each image
     * @param side height and width in pixels
     */
    PixelBatch(ByteBuffer pixels, int[] rows, int side) {
        long needed = 3L * rows.length * side * side;
        if (rows.length == 0 || side < 1 || pixels.capacity() < needed) {
            throw new IllegalArgumentException(pixels.capacity() + " bytes for " + rows.length + " images of side "
                    + side + ": must be at least " + needed + ", > 0");
        }
        this.pixels = pixels;
        this.rows = rows.clone();
        this.side = side;
    }

    /** The bytes, from position 0: [count, side, side, 3]. */
    public ByteBuffer pixels() {
        return pixels;
    }

    /** Manifest row of an image. */
    public int row(int position) {
        return rows[position];
    }

    /** Height and width in pixels. */
    public int side() {
        return side;
    }

    /** Number of images. */
    public int count() {
        return rows.length;
    }

    /** Labels of the images, given those of all manifest rows. */
    int[] labels(int[] all) {
        int[] labels = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            labels[i] = all[rows[i]];
        }
        return labels;
    }
}
