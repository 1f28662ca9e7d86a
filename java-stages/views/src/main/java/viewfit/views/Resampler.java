package viewfit.views;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Cuts a box out of a picture and resizes it with the antialiased bicubic filter, bit for bit as Pillow's crop followed by
 * resize: the box is cut out first, so that no sample outside it is used; then rows are resampled, then columns, each rounded
 * to 8 bits. Keeps its buffers and filter tables, so a call allocates nothing once it has seen the sizes. Not for use by two
 * threads at a time.
 */
final class Resampler {
    private static final int HALF = 1 << (FilterTable.BITS - 1);

    /** Enough for every box size of a data set of small pictures; larger pictures reuse what they can. */
    private static final int TABLES = 1024;

    private final Map<Long, FilterTable> tables = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, FilterTable> eldest) {
            return size() > TABLES;
        }
    };

    private int[] rows = new int[0];
    private int[] sums = new int[0];

    /**
     * Resizes a box of the picture.
     *
     * @param from the picture
     * @param box what to cut out, inside the picture
     * @param outWidth width of the result in pixels
     * @param outHeight height of the result in pixels
     * @param mirror whether to flip the result left to right
     * @param out receives outHeight x outWidth x 3 bytes
     */
    void resize(Pixels from, Crop box, int outWidth, int outHeight, boolean mirror, byte[] out) {
        resizePart(from, box, outWidth, outHeight, Crop.whole(outWidth, outHeight), mirror, out);
    }

    /**
     * Computes only a window of the resized box: the same bytes as cutting the window out of the whole result.
     *
     * @param window part of the outWidth x outHeight result that is written, row after row
     * @param mirror whether to flip the window left to right
     */
    void resizePart(Pixels from, Crop box, int outWidth, int outHeight, Crop window, boolean mirror, byte[] out) {
        if (!box.fits(from.width(), from.height()) || !window.fits(outWidth, outHeight)) {
            throw new IllegalArgumentException("crop: " + box + " and " + window + ": inside " + from.width() + "x"
                    + from.height() + " and " + outWidth + "x" + outHeight);
        }
        FilterTable across = table(box.width(), outWidth);
        FilterTable down = table(box.height(), outHeight);
        int bottom = window.y() + window.height() - 1;
        int firstRow = down.first[window.y()];
        int rowCount = down.first[bottom] + down.count[bottom] - firstRow;
        int row = 3 * window.width();
        if (rows.length < row * rowCount) {
            rows = new int[row * rowCount];
        }
        if (sums.length < row) {
            sums = new int[row];
        }
        int stride = 3 * from.width();
        int start = (box.y() + firstRow) * stride + 3 * box.x();
        for (int y = 0; y < rowCount; y++) {
            resampleRow(from.data(), start + y * stride, across, window, mirror, rows, y * row);
        }
        for (int y = 0; y < window.height(); y++) {
            blendRows(rows, down, window.y() + y, firstRow, row, sums);
            store(sums, row, out, y * row);
        }
    }

    private FilterTable table(int in, int out) {
        long key = ((long) in << 32) | out;
        FilterTable found = tables.get(key);
        if (found == null) {
            found = new FilterTable(in, out);
            tables.put(key, found);
        }
        return found;
    }

    private static void resampleRow(
            byte[] from, int start, FilterTable table, Crop window, boolean mirror, int[] to, int at) {
        int step = mirror ? -3 : 3;
        int q = mirror ? at + 3 * (window.width() - 1) : at;
        int[] weights = table.weights;
        int end = window.x() + window.width();
        for (int x = window.x(); x < end; x++, q += step) {
            int p = start + 3 * table.first[x];
            int r = HALF;
            int g = HALF;
            int b = HALF;
            int last = x * table.stride + table.count[x];
            for (int w = x * table.stride; w < last; w++, p += 3) {
                int weight = weights[w];
                r += (from[p] & 255) * weight;
                g += (from[p + 1] & 255) * weight;
                b += (from[p + 2] & 255) * weight;
            }
            to[q] = clamp(r >> FilterTable.BITS);
            to[q + 1] = clamp(g >> FilterTable.BITS);
            to[q + 2] = clamp(b >> FilterTable.BITS);
        }
    }

    /** Weighted sum of whole rows: written so that the inner loop runs over neighbouring ints and becomes vector code. */
    private static void blendRows(int[] rows, FilterTable table, int y, int firstRow, int row, int[] sums) {
        Arrays.fill(sums, 0, row, HALF);
        int w = y * table.stride;
        int base = (table.first[y] - firstRow) * row;
        for (int k = 0; k < table.count[y]; k++, base += row) {
            addScaled(sums, rows, base, table.weights[w + k], row);
        }
    }

    private static void addScaled(int[] sums, int[] from, int base, int weight, int length) {
        for (int i = 0; i < length; i++) {
            sums[i] += from[base + i] * weight;
        }
    }

    private static void store(int[] sums, int length, byte[] out, int at) {
        for (int i = 0; i < length; i++) {
            out[at + i] = (byte) clamp(sums[i] >> FilterTable.BITS);
        }
    }

    private static int clamp(int value) {
        return Math.max(0, Math.min(255, value));
    }
}
