package viewfit.views;

/**
 * Gaussian blur as three passes of a box blur with fractional radius per axis, all rows first, then all columns, each pass
 * rounded to 8 bits, edges replicated (goldens, section 8; it is Pillow's approximation, not a true Gaussian). Keeps its
 * buffers; not for use by two threads at a time.
 *
 * <p>A box of radius R + part weighs its 2R + 1 inner samples with {@code inner} and the next two with {@code outer}, in
 * 24-bit fixed point. Sums stay below 2^32, so they are kept in wrapping ints and shifted back without sign. All loops run
 * over neighbouring ints, for rows and columns alike, and become vector code.
 */
final class BoxBlur {
    private static final int BITS = 24;
    private static final int PASSES = 3;

    private int[] plane = new int[0];
    private int[] nextPlane = new int[0];
    private int[] line = new int[0];
    private int[] nextLine = new int[0];

    // The box of the present call.
    private int radius;
    private int inner;
    private int outer;

    /** The radius of the box whose three passes stand for a Gaussian of this standard deviation, both in pixels. */
    static float boxRadius(float sigma) {
        float variance = sigma * sigma / PASSES;
        float length = (float) Math.sqrt(12.0 * variance + 1.0);
        double whole = Math.floor((length - 1.0) / 2.0);
        float numerator = (float) ((2 * whole + 1) * (whole * (whole + 1) - 3.0 * variance));
        float divisor = 6 * (variance - (float) ((whole + 1) * (whole + 1)));
        return (float) whole + numerator / divisor;
    }

    /**
     * Blurs a picture in place.
     *
     * @param data interleaved 8-bit RGB
     * @param width in pixels
     * @param height in pixels
     * @param sigma standard deviation in pixels, above 0
     */
    void blur(byte[] data, int width, int height, float sigma) {
        float box = boxRadius(sigma);
        radius = (int) box;
        inner = (int) ((1 << BITS) / (box * 2 + 1));
        outer = ((1 << BITS) - (radius * 2 + 1) * inner) / 2;
        int row = 3 * width;
        int margin = 3 * (radius + 1);
        if (plane.length < row * height) {
            plane = new int[row * height];
            nextPlane = new int[row * height];
        }
        if (line.length < row + 2 * margin) {
            line = new int[row + 2 * margin];
            nextLine = new int[row + 2 * margin];
        }
        for (int y = 0; y < height; y++) {
            blurRow(data, y * row, row, margin, plane);
        }
        for (int pass = 0; pass < PASSES; pass++) {
            blurColumns(row, height);
            int[] swap = plane;
            plane = nextPlane;
            nextPlane = swap;
        }
        for (int i = 0; i < row * height; i++) {
            data[i] = (byte) plane[i];
        }
    }

    private void blurRow(byte[] data, int start, int row, int margin, int[] to) {
        int[] now = line;
        int[] next = nextLine;
        for (int i = 0; i < row; i++) {
            now[margin + i] = data[start + i] & 255;
        }
        for (int pass = 1; pass <= PASSES; pass++) {
            replicateEnds(now, row, margin);
            boolean last = pass == PASSES;
            int[] target = last ? to : next;
            int at = last ? start : margin;
            addEnds(now, 0, 2 * margin, target, at, row, outer);
            for (int k = -radius; k <= radius; k++) {
                addScaled(now, margin + 3 * k, target, at, row, inner);
            }
            shift(target, at, row);
            next = now;
            now = target;
        }
    }

    private static void replicateEnds(int[] padded, int row, int margin) {
        for (int i = 0; i < margin; i++) {
            padded[i] = padded[margin + i % 3];
            padded[margin + row + i] = padded[margin + row - 3 + i % 3];
        }
    }

    private void blurColumns(int row, int height) {
        for (int y = 0; y < height; y++) {
            int at = y * row;
            int above = Math.max(y - radius - 1, 0) * row;
            int below = Math.min(y + radius + 1, height - 1) * row;
            addEnds(plane, above, below, nextPlane, at, row, outer);
            for (int k = -radius; k <= radius; k++) {
                int from = Math.max(0, Math.min(height - 1, y + k)) * row;
                addScaled(plane, from, nextPlane, at, row, inner);
            }
            shift(nextPlane, at, row);
        }
    }

    private static void addEnds(int[] from, int low, int high, int[] to, int at, int length, int weight) {
        for (int i = 0; i < length; i++) {
            to[at + i] = (1 << (BITS - 1)) + weight * (from[low + i] + from[high + i]);
        }
    }

    private static void addScaled(int[] from, int start, int[] to, int at, int length, int weight) {
        for (int i = 0; i < length; i++) {
            to[at + i] += weight * from[start + i];
        }
    }

    private static void shift(int[] values, int at, int length) {
        for (int i = 0; i < length; i++) {
            values[at + i] >>>= BITS;
        }
    }
}
