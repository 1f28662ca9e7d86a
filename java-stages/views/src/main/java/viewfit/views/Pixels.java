package viewfit.views;

/**
 * A decoded picture: 8-bit RGB, interleaved, rows from top to bottom, so that the sample of channel c at (x, y) is
 * {@code data[(y * width + x) * 3 + c]}. The buffer grows and never shrinks, so one object can hold one picture after another
 * without allocation; only the first {@code width * height * 3} bytes belong to the present picture.
 */
public final class Pixels {
    private byte[] data;
    private int width;
    private int height;

    /** An empty picture without a buffer; {@link #reshape} makes room. */
    public Pixels() {
        this.data = new byte[0];
    }

    /** A black picture of the given size in pixels. */
    public Pixels(int width, int height) {
        this();
        reshape(width, height);
    }

    /**
     * Gives the picture a new size. The old samples are then meaningless.
     *
     * @throws IllegalArgumentException if a side is below 1 or the picture does not fit into one array
     */
    public void reshape(int newWidth, int newHeight) {
        if (newWidth < 1 || newHeight < 1 || 3L * newWidth * newHeight > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("picture size: " + newWidth + "x" + newHeight
                    + ": sides of at least 1 and at most " + (Integer.MAX_VALUE - 8) / 3 + " pixels in all");
        }
        int bytes = 3 * newWidth * newHeight;
        if (data.length < bytes) {
            data = new byte[bytes];
        }
        width = newWidth;
        height = newHeight;
    }

    /** A copy whose buffer is exactly as long as the picture needs. */
    public Pixels copy() {
        Pixels copy = new Pixels(width, height);
        System.arraycopy(data, 0, copy.data, 0, byteCount());
        return copy;
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /** Number of bytes of the present picture: 3 * width * height. */
    public int byteCount() {
        return 3 * width * height;
    }

    /** The buffer itself, not a copy; it may be longer than {@link #byteCount()}. */
    public byte[] data() {
        return data;
    }
}
