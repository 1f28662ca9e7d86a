package viewfit.views;

import viewfit.views.jpeg.PackedPixels;

/**
 * A view while it is painted: 8-bit samples, one int each, since the just-in-time compiler makes vector code of loops over ints.
 * Line y is an array of its own and holds the red samples of its pixels, then the green, then the blue ones. Grows and never
 * shrinks, unless it is large; one object per thread.
 */
final class Canvas {
    /** Colour channels. */
    static final int CHANNELS = 3;

    private static final int SPLIT = 700;

    private int width;
    private int height;
    private int[][] lines = new int[0][];
    private int room;
    private int[] red = new int[0];
    private int[] green = new int[0];
    private int[] blue = new int[0];

    /** Gives the canvas a new size in pixels. Samples are then meaningless. */
    void reshape(int newWidth, int newHeight) {
        width = newWidth;
        height = newHeight;
        if (lines.length < newHeight || room < CHANNELS * newWidth) {
            int count = Math.max(lines.length, newHeight);
            int length = Math.max(room, CHANNELS * newWidth);
            // A wide picture and a tall one must not add up to a canvas that is both.
            boolean large = (long) count * length > Lines.MOST_KEPT;
            room = large ? CHANNELS * newWidth : length;
            lines = new int[large ? newHeight : count][room];
            int split = Math.max(SPLIT, room / CHANNELS);
            red = new int[split];
            green = new int[split];
            blue = new int[split];
        }
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** Length all lines have, at least three times the width. */
    int room() {
        return room;
    }

    /** Samples of a line; those from three times the width on mean nothing. */
    int[] line(int y) {
        return lines[y];
    }

    /** Puts another array of length {@link #room} in the place of a line, which is returned. */
    int[] exchange(int y, int[] line) {
        int[] old = lines[y];
        lines[y] = line;
        return old;
    }

    /** Lines that {@link #split} takes at once: enough for long loops, few enough for the first-level cache. */
    int linesAtOnce() {
        return Math.max(1, SPLIT / width);
    }

    /** Copies the channels of some lines out, for loops that need all three at once; valid until the next call. */
    void split(int y, int count) {
        for (int k = 0; k < count; k++) {
            int[] line = lines[y + k];
            System.arraycopy(line, 0, red, k * width, width);
            System.arraycopy(line, width, green, k * width, width);
            System.arraycopy(line, 2 * width, blue, k * width, width);
        }
    }

    /** Writes the split channels back. */
    void join(int y, int count) {
        for (int k = 0; k < count; k++) {
            int[] line = lines[y + k];
            System.arraycopy(red, k * width, line, 0, width);
            System.arraycopy(green, k * width, line, width, width);
            System.arraycopy(blue, k * width, line, 2 * width, width);
        }
    }

    /** Red samples of the lines that were split. */
    int[] red() {
        return red;
    }

    /** Green samples of the lines that were split. */
    int[] green() {
        return green;
    }

    /** Blue samples of the lines that were split. */
    int[] blue() {
        return blue;
    }

    /**
     * Takes the samples of a picture.
     *
     * @param rgb interleaved bytes
     */
    void load(byte[] rgb, int newWidth, int newHeight) {
        reshape(newWidth, newHeight);
        for (int y = 0, p = 0; y < height; y++) {
            int[] line = lines[y];
            for (int x = 0; x < width; x++, p += CHANNELS) {
                line[x] = rgb[p] & 255;
                line[width + x] = rgb[p + 1] & 255;
                line[2 * width + x] = rgb[p + 2] & 255;
            }
        }
    }

    /**
     * Gives the picture.
     *
     * @param rgb receives height x width x 3 interleaved bytes
     */
    void store(byte[] rgb) {
        int step = linesAtOnce();
        for (int y = 0; y < height; y += step) {
            int count = Math.min(step, height - y);
            split(y, count);
            PackedPixels.join(red, green, blue, red, count * width);
            PackedPixels.store(red, count * width, rgb, CHANNELS * width * y);
        }
    }
}
