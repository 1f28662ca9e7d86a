package viewfit.views;

import java.util.Arrays;

/**
 * Gaussian blur as three passes of a box blur with fractional radius per axis, all rows first, then all columns, each pass
 * rounded to 8 bits, edges replicated (goldens, section 8; it is Pillow's approximation, not a true Gaussian). Keeps its
 * buffers; not for use by two threads at a time.
 *
 * <p>A box of radius R + part weighs its 2R + 1 inner samples with {@code inner} and the next two with {@code outer}, in
 * 24-bit fixed point. Sums stay below 2^32, so they are kept in wrapping ints and shifted back without sign. Columns are blurred
 * line against line, rows against shifted copies of themselves, so that all arrays of a loop share one index and the loops become
 * vector code.
 */
final class BoxBlur {
    private static final int BITS = 24;
    private static final int HALF = 1 << (BITS - 1);
    private static final int PASSES = 3;

    private int[][] spare = new int[0][];
    private int[][] lines = new int[0][];
    private int[][] shifted = new int[0][];
    private int room;

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
     * Blurs a view in place.
     *
     * @param sigma standard deviation in pixels, above 0
     */
    void blur(Canvas view, float sigma) {
        float box = boxRadius(sigma);
        radius = (int) box;
        inner = (int) ((1 << BITS) / (box * 2 + 1));
        outer = ((1 << BITS) - (radius * 2 + 1) * inner) / 2;
        if (room != view.room() || spare.length < view.height()) {
            room = view.room();
            spare = new int[Math.max(spare.length, view.height())][room];
            lines = new int[spare.length][];
            shifted = new int[0][];
        }
        if (shifted.length < 2 * radius + 3) {
            shifted = new int[2 * radius + 3][room];
        }
        for (int y = 0; y < view.height(); y++) {
            across(view, y);
        }
        down(view);
    }

    /** All passes along a line. */
    private void across(Canvas view, int y) {
        int reach = radius + 1;
        int length = Canvas.CHANNELS * view.width();
        for (int pass = 0; pass < PASSES; pass++) {
            int[] line = view.line(y);
            for (int k = -reach; k <= reach; k++) {
                if (k != 0) {
                    shift(line, view.width(), k, shifted[reach + k]);
                }
            }
            int[] unmoved = shifted[reach];
            shifted[reach] = line;
            box(shifted, reach, 2 * reach, spare[0], length);
            shifted[reach] = unmoved;
            spare[0] = view.exchange(y, spare[0]);
        }
    }

    /** Sample x of a channel becomes sample x + by, or the nearest there is. */
    private static void shift(int[] line, int width, int by, int[] to) {
        int from = Math.max(0, Math.min(width, by));
        int count = Math.max(0, width - Math.abs(by));
        for (int start = 0; start < Canvas.CHANNELS * width; start += width) {
            int at = start + Math.min(width, Math.max(0, -by));
            System.arraycopy(line, start + from, to, at, count);
            Arrays.fill(to, start, at, line[start]);
            Arrays.fill(to, at + count, start + width, line[start + width - 1]);
        }
    }

    /** All passes across the lines; the first and the last line stand for those beyond the edges. */
    private void down(Canvas view) {
        int last = view.height() - 1;
        int length = Canvas.CHANNELS * view.width();
        for (int pass = 0; pass < PASSES; pass++) {
            for (int y = 0; y <= last; y++) {
                lines[y] = view.line(y);
            }
            for (int y = 0; y <= last; y++) {
                box(lines, y, last, spare[y], length);
            }
            for (int y = 0; y <= last; y++) {
                spare[y] = view.exchange(y, spare[y]);
            }
        }
    }

    /** The box around line j, of lines 0 to last. */
    private void box(int[][] lines, int j, int last, int[] to, int length) {
        int[] before = lines[Math.max(j - radius - 1, 0)];
        int[] after = lines[Math.min(j + radius + 1, last)];
        if (radius == 0) {
            box(before, lines[j], after, to, length);
        } else if (radius == 1) {
            box(before, lines[Math.max(j - 1, 0)], lines[j], lines[Math.min(j + 1, last)], after, to, length);
        } else {
            box(lines, j, last, before, after, to, length);
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
