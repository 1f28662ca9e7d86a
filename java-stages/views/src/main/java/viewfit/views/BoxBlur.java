package viewfit.views;

/**
 * Gaussian blur as three passes of a box blur with fractional radius per axis, all rows first, then all columns, each pass
 * rounded to 8 bits, edges replicated (goldens, section 8; it is Pillow's approximation, not a true Gaussian). Keeps its
 * buffers; not for use by two threads at a time.
 *
 * <p>A box of radius R + part weighs its 2R + 1 inner samples with {@code inner} and the next two with {@code outer}, in
 * 24-bit fixed point. Sums stay below 2^32, so they are kept in wrapping ints and shifted back without sign. Columns
 * are blurred as rows are, line against line, so that the loops become vector code (see {@link Lines}).
 */
final class BoxBlur {
    private static final int BITS = 24;
    private static final int HALF = 1 << (BITS - 1);
    private static final int PASSES = 3;

    private final Lines columnLines = new Lines();
    private final Lines rowLines = new Lines();
    private final Lines spareLines = new Lines();

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
        // Lines change places between these, so all have to be of one length.
        int side = Math.max(width, height);
        int[][] columns = columnLines.ensure(side, 3 * side);
        int[][] rows = rowLines.ensure(side, 3 * side);
        int[][] spare = spareLines.ensure(side, 3 * side);
        for (int x = 0; x < width; x++) {
            readColumn(data, width, height, x, columns[x]);
        }
        smooth(columns, spare, width, 3 * height);
        for (int x = 0; x < width; x++) {
            scatter(columns[x], height, rows, 3 * x);
        }
        smooth(rows, spare, height, 3 * width);
        for (int y = 0; y < height; y++) {
            int[] row = rows[y];
            int at = 3 * width * y;
            for (int i = 0; i < 3 * width; i++) {
                data[at + i] = (byte) row[i];
            }
        }
    }

    private static void readColumn(byte[] data, int width, int height, int x, int[] column) {
        int p = 3 * x;
        for (int i = 0; i < 3 * height; i += 3, p += 3 * width) {
            column[i] = data[p] & 255;
            column[i + 1] = data[p + 1] & 255;
            column[i + 2] = data[p + 2] & 255;
        }
    }

    private static void scatter(int[] column, int height, int[][] rows, int at) {
        for (int y = 0, i = 0; y < height; y++, i += 3) {
            int[] row = rows[y];
            row[at] = column[i];
            row[at + 1] = column[i + 1];
            row[at + 2] = column[i + 2];
        }
    }

    /** All passes across the lines; line 0 and the last one stand for those beyond the edges. */
    private void smooth(int[][] lines, int[][] spare, int count, int length) {
        int last = count - 1;
        for (int pass = 0; pass < PASSES; pass++) {
            for (int j = 0; j < count; j++) {
                int[] before = lines[Math.max(j - radius - 1, 0)];
                int[] after = lines[Math.min(j + radius + 1, last)];
                if (radius == 0) {
                    box(before, lines[j], after, spare[j], length);
                } else if (radius == 1) {
                    int[] a = lines[Math.max(j - 1, 0)];
                    int[] c = lines[Math.min(j + 1, last)];
                    box(before, a, lines[j], c, after, spare[j], length);
                } else {
                    box(lines, j, last, before, after, spare[j], length);
                }
            }
            // The lines of the arrays trade places, so that the result is in the first array again.
            for (int j = 0; j < count; j++) {
                int[] done = spare[j];
                spare[j] = lines[j];
                lines[j] = done;
            }
        }
    }

    private void box(int[] before, int[] line, int[] after, int[] to, int length) {
        int in = inner;
        int out = outer;
        for (int i = 0; i < length; i++) {
            to[i] = (HALF + out * (before[i] + after[i]) + in * line[i]) >>> BITS;
        }
    }

    private void box(int[] before, int[] a, int[] b, int[] c, int[] after, int[] to, int length) {
        int in = inner;
        int out = outer;
        for (int i = 0; i < length; i++) {
            to[i] = (HALF + out * (before[i] + after[i]) + in * (a[i] + b[i] + c[i])) >>> BITS;
        }
    }

    private void box(int[][] lines, int j, int last, int[] before, int[] after, int[] to, int length) {
        int in = inner;
        int out = outer;
        for (int i = 0; i < length; i++) {
            to[i] = HALF + out * (before[i] + after[i]);
        }
        for (int k = -radius; k <= radius; k++) {
            int[] line = lines[Math.max(0, Math.min(last, j + k))];
            for (int i = 0; i < length; i++) {
                to[i] += in * line[i];
            }
        }
        for (int i = 0; i < length; i++) {
            to[i] >>>= BITS;
        }
    }
}
