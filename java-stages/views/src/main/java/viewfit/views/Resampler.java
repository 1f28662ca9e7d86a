package viewfit.views;

import viewfit.views.jpeg.PackedPixels;

/**
 * Cuts a box out of a picture and resizes it with the antialiased bicubic filter, bit for bit as Pillow's crop followed by
 * resize: the box is cut out first, so that no sample outside it is used; then the width is resampled, then the height, each
 * rounded to 8 bits. Keeps its buffers, so a call allocates nothing once it has seen the sizes. Not for use
 * by two threads at a time.
 *
 * <p>Both passes are sums of whole lines times a weight: the source is turned into columns, so that the first pass adds columns
 * as the second adds rows, and all heavy loops become vector code. A line holds its red samples, then the green, then the blue
 * ones. Between the passes, where columns become rows, the three samples of a pixel travel in one int, four columns at a time.
 */
final class Resampler {
    private static final int HALF = 1 << (FilterTable.BITS - 1);

    /** The columns of a strip of source rows should stay in the second-level cache. */
    private static final int STRIP_INTS = 1 << 18;

    private static final int STRIP_MOST = 96;
    private static final int STRIP_LEAST = 16;

    /** Columns that are turned into rows together. */
    private static final int GROUP = 4;

    private final Lines columnLines = new Lines();
    private final Lines packedRows = new Lines();
    private final Lines rowLines = new Lines();
    private final int[][] packed = new int[GROUP][0];
    private int[] sums = new int[0];
    private int[] green = new int[0];
    private int[] blue = new int[0];
    private int[][] rows = new int[0][];

    /**
     * Resizes a box of the picture.
     *
     * @param from the picture
     * @param box what to cut out, inside the picture
     * @param outWidth width of the result in pixels
     * @param outHeight height of the result in pixels
     * @param filter kernel
     * @param mirror whether to flip the result left to right
     * @param out receives the result and its size
     */
    void resize(Pixels from, Crop box, int outWidth, int outHeight, Filter filter, boolean mirror, Canvas out) {
        resizePart(from, box, outWidth, outHeight, Crop.whole(outWidth, outHeight), filter, mirror, out);
    }

    /**
     * Computes only a window of the resized box: the same bytes as cutting the window out of the whole result.
     *
     * @param window part of the outWidth x outHeight result that is written
     * @param mirror whether to flip the window left to right
     */
    void resizePart(
            Pixels from,
            Crop box,
            int outWidth,
            int outHeight,
            Crop window,
            Filter filter,
            boolean mirror,
            Canvas out) {
        if (!box.fits(from.width(), from.height()) || !window.fits(outWidth, outHeight)) {
            throw new IllegalArgumentException("crop: " + box + " and " + window + ": inside " + from.width() + "x"
                    + from.height() + " and " + outWidth + "x" + outHeight);
        }
        FilterTable across = FilterTable.of(box.width(), outWidth, filter, window.x(), window.width());
        FilterTable down = FilterTable.of(box.height(), outHeight, filter, window.y(), window.height());
        int right = window.x() + window.width() - 1;
        int bottom = window.y() + window.height() - 1;
        int firstColumn = across.first(window.x());
        int columnCount = across.first(right) + across.count(right) - firstColumn;
        int firstRow = down.first(window.y());
        int rowCount = down.first(bottom) + down.count(bottom) - firstRow;
        int strip = Math.max(STRIP_LEAST, Math.min(STRIP_MOST, STRIP_INTS / (3 * columnCount)));
        int[][] columns = columnLines.ensure(columnCount, 3 * Math.min(strip, rowCount));
        int[][] strips = packedRows.ensure(rowCount, window.width());
        makeRoom(Math.max(strip, window.width()), rowCount);
        for (int y = 0; y < rowCount; y += strip) {
            int height = Math.min(strip, rowCount - y);
            cut(from, box.x() + firstColumn, box.y() + firstRow + y, columnCount, height, columns);
            for (int x = 0; x < window.width(); x += GROUP) {
                int group = Math.min(GROUP, window.width() - x);
                for (int k = 0; k < group; k++) {
                    blend(columns, across, window.x() + x + k, firstColumn, 3 * height, sums);
                    pack(height, packed[mirror ? group - 1 - k : k]);
                }
                turn(group, height, strips, y, mirror ? window.width() - x - group : x);
            }
        }
        out.reshape(window.width(), window.height());
        // As many lines as an output line can need; each takes the place of one that is needed no more.
        int[][] ring = rowLines.ensure(down.stride, 3 * window.width());
        int unpacked = 0;
        for (int y = 0; y < window.height(); y++) {
            int end = down.first(window.y() + y) + down.count(window.y() + y) - firstRow;
            for (; unpacked < end; unpacked++) {
                rows[unpacked] = ring[unpacked % down.stride];
                unpack(strips[unpacked], window.width(), rows[unpacked]);
            }
            blend(rows, down, window.y() + y, firstRow, 3 * window.width(), out.line(y));
        }
    }

    private void makeRoom(int length, int rowCount) {
        if (green.length < length) {
            sums = new int[3 * length];
            green = new int[length];
            blue = new int[length];
            for (int k = 0; k < GROUP; k++) {
                packed[k] = new int[length];
            }
        }
        if (rows.length < rowCount) {
            rows = new int[rowCount][];
        }
    }

    /** Turns a part of the picture into columns. */
    private static void cut(Pixels from, int left, int top, int width, int height, int[][] columns) {
        byte[] data = from.data();
        int stride = 3 * from.width();
        for (int x = 0; x < width; x++) {
            int[] column = columns[x];
            int p = top * stride + 3 * (left + x);
            for (int y = 0; y < height; y++, p += stride) {
                column[y] = data[p] & 255;
                column[height + y] = data[p + 1] & 255;
                column[2 * height + y] = data[p + 2] & 255;
            }
        }
    }

    /** Output line {@code j}: the weighted sum of its input lines, rounded to 8 bits. */
    private static void blend(int[][] lines, FilterTable table, int j, int firstLine, int length, int[] sums) {
        int[] w = table.weights;
        int at = table.at(j);
        int line = table.first(j) - firstLine;
        int count = table.count(j);
        int k = 0;
        if (count >= 4) {
            start(sums, lines[line], lines[line + 1], lines[line + 2], lines[line + 3], w, at, length);
            k = 4;
        } else {
            start(sums, lines[line], w[at], length);
            k = 1;
        }
        for (; k + 1 < count; k += 2) {
            add(sums, lines[line + k], lines[line + k + 1], w[at + k], w[at + k + 1], length);
        }
        if (k < count) {
            add(sums, lines[line + k], w[at + k], length);
        }
        clamp(sums, length);
    }

    private static void start(int[] sums, int[] a, int[] b, int[] c, int[] d, int[] w, int at, int length) {
        int wa = w[at];
        int wb = w[at + 1];
        int wc = w[at + 2];
        int wd = w[at + 3];
        for (int i = 0; i < length; i++) {
            sums[i] = HALF + a[i] * wa + b[i] * wb + c[i] * wc + d[i] * wd;
        }
    }

    private static void start(int[] sums, int[] a, int weight, int length) {
        for (int i = 0; i < length; i++) {
            sums[i] = HALF + a[i] * weight;
        }
    }

    private static void add(int[] sums, int[] a, int[] b, int wa, int wb, int length) {
        for (int i = 0; i < length; i++) {
            sums[i] += a[i] * wa + b[i] * wb;
        }
    }

    private static void add(int[] sums, int[] a, int weight, int length) {
        for (int i = 0; i < length; i++) {
            sums[i] += a[i] * weight;
        }
    }

    /** Shifts to whole levels and limits them to 0..255, in operations that exist as vector instructions. */
    private static void clamp(int[] sums, int length) {
        for (int i = 0; i < length; i++) {
            int v = sums[i] >> FilterTable.BITS;
            v &= ~(v >> 31);
            sums[i] = (v | ((255 - v) >> 31)) & 255;
        }
    }

    /** The sums of a column, one int for each pixel. */
    private void pack(int height, int[] to) {
        System.arraycopy(sums, height, green, 0, height);
        System.arraycopy(sums, 2 * height, blue, 0, height);
        PackedPixels.join(sums, green, blue, to, height);
    }

    /** Writes the packed columns of a strip into its rows, from column {@code x}. */
    private void turn(int group, int height, int[][] strips, int top, int x) {
        if (group == GROUP) {
            turn(packed[0], packed[1], packed[2], packed[3], height, strips, top, x);
            return;
        }
        for (int k = 0; k < group; k++) {
            for (int y = 0; y < height; y++) {
                strips[top + y][x + k] = packed[k][y];
            }
        }
    }

    private static void turn(int[] a, int[] b, int[] c, int[] d, int height, int[][] strips, int top, int x) {
        for (int y = 0; y < height; y++) {
            int[] row = strips[top + y];
            row[x] = a[y];
            row[x + 1] = b[y];
            row[x + 2] = c[y];
            row[x + 3] = d[y];
        }
    }

    private void unpack(int[] packedRow, int width, int[] line) {
        channel(packedRow, 0, line, width);
        channel(packedRow, 8, green, width);
        channel(packedRow, 16, blue, width);
        System.arraycopy(green, 0, line, width, width);
        System.arraycopy(blue, 0, line, 2 * width, width);
    }

    private static void channel(int[] packedRow, int shift, int[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = (packedRow[i] >> shift) & 255;
        }
    }
}
