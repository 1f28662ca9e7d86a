package viewfit.coco;

import java.util.Arrays;

/**
 * A binary mask as lengths of runs down the columns, from the left column to the right one. The first run is of background and
 * may be empty, as may others. Immutable.
 *
 * <p>Source: the run-length format of the COCO data sets.
 */
public final class Mask {
    private final int height;
    private final int width;

    /** Where each run ends, in pixels from the start; the last end is the number of pixels. */
    private final int[] ends;

    private Mask(int height, int width, int[] ends) {
        this.height = height;
        this.width = width;
        this.ends = ends;
    }

    /**
     * A mask of these runs.
     *
     * @throws IllegalArgumentException if a run is negative or they do not cover height times width pixels
     */
    public static Mask ofRuns(int[] runs, int height, int width) {
        long pixels = pixels(height, width);
        int[] ends = new int[runs.length];
        long end = 0;
        for (int i = 0; i < runs.length; i++) {
            end += runs[i];
            if (runs[i] < 0 || end > pixels) {
                throw new IllegalArgumentException("run " + i + " of " + runs[i] + " pixels leaves the " + height
                        + " x " + width + " image: runs must cover it once");
            }
            ends[i] = (int) end;
        }
        if (end != pixels) {
            throw new IllegalArgumentException("runs of " + end + " pixels in all: must be " + pixels + " for the "
                    + height + " x " + width + " image");
        }
        return new Mask(height, width, ends);
    }

    /**
     * A mask from the text form of its runs: see {@link RunText}.
     *
     * @throws IllegalArgumentException if the text breaks off, has other characters, or its runs are not of this size
     */
    public static Mask ofText(byte[] text, int height, int width) {
        return ofRuns(RunText.read(text), height, width);
    }

    /** The pixels inside a polygon, x and y in turns; see {@link PolygonRaster}. */
    public static Mask ofPolygon(double[] xy, int height, int width) {
        pixels(height, width);
        return new Mask(height, width, PolygonRaster.ends(xy, height, width));
    }

    /** The pixels inside a box. */
    public static Mask ofBox(Box box, int height, int width) {
        return ofPolygon(corners(box), height, width);
    }

    /** The corners of a box as a polygon. */
    static double[] corners(Box box) {
        double right = box.x() + box.width();
        double bottom = box.y() + box.height();
        return new double[] {box.x(), box.y(), box.x(), bottom, right, bottom, right, box.y()};
    }

    /** Number of pixels, of a size that masks can have. */
    private static long pixels(int height, int width) {
        long pixels = (long) height * width;
        if (height < 1 || width < 1 || pixels > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("an image of " + height + " x " + width
                    + " pixels: both must be 1 or more, and their product below 2^31");
        }
        return pixels;
    }

    public int height() {
        return height;
    }

    public int width() {
        return width;
    }

    /** Lengths of the runs. */
    public int[] runs() {
        int[] runs = new int[ends.length];
        for (int i = 0; i < runs.length; i++) {
            runs[i] = ends[i] - start(i);
        }
        return runs;
    }

    /** The text form of the runs, in ASCII. */
    public String text() {
        return RunText.write(runs());
    }

    private int start(int run) {
        return run == 0 ? 0 : ends[run - 1];
    }

    /** Number of foreground pixels. */
    public long area() {
        long area = 0;
        for (int i = 1; i < ends.length; i += 2) {
            area += ends[i] - ends[i - 1];
        }
        return area;
    }

    /**
     * The smallest box of whole pixels around the foreground. Without any foreground it is all zeros, unless the mask has
     * foreground runs and all of them are empty: then it is what unsigned 32-bit arithmetic of the reference makes of it, which
     * no box of the image meets.
     */
    public Box box() {
        int even = ends.length / 2 * 2;
        if (even == 0) {
            return new Box(0, 0, 0, 0);
        }
        int left = width;
        int top = height;
        int right = 0;
        int bottom = 0;
        for (int i = 1; i < even; i += 2) {
            int first = ends[i - 1];
            int last = ends[i] - 1;
            if (last < first) {
                continue;
            }
            int firstColumn = first / height;
            int lastColumn = last / height;
            left = Math.min(left, firstColumn);
            right = Math.max(right, lastColumn);
            if (firstColumn < lastColumn) {
                top = 0;
                bottom = height - 1;
            } else {
                top = Math.min(top, first % height);
                bottom = Math.max(bottom, last % height);
            }
        }
        return new Box(left, top, Integer.toUnsignedLong(right - left + 1), Integer.toUnsignedLong(bottom - top + 1));
    }

    /** Pixels that are foreground in either. */
    public Mask union(Mask other) {
        return merge(other, false);
    }

    /** Pixels that are foreground in both. */
    public Mask intersection(Mask other) {
        return merge(other, true);
    }

    private Mask merge(Mask other, boolean both) {
        if (!sameSize(other)) {
            throw new IllegalArgumentException("masks of " + height + " x " + width + " and " + other.height + " x "
                    + other.width + " pixels: must be of one size");
        }
        int[] merged = new int[ends.length + other.ends.length];
        int count = 0;
        int pixels = height * width;
        int i = 0;
        int j = 0;
        int at = 0;
        boolean inside = false;
        while (at < pixels) {
            // Empty runs change the side without moving on.
            while (ends[i] <= at) {
                i++;
            }
            while (other.ends[j] <= at) {
                j++;
            }
            boolean mine = (i & 1) == 1;
            boolean its = (j & 1) == 1;
            boolean now = both ? mine && its : mine || its;
            if (now != inside) {
                merged[count++] = at;
                inside = now;
            }
            at = Math.min(ends[i], other.ends[j]);
        }
        merged[count++] = pixels;
        return new Mask(height, width, Arrays.copyOf(merged, count));
    }

    private boolean sameSize(Mask other) {
        return height == other.height && width == other.width;
    }

    /**
     * Intersection over union; -1 for masks of different sizes.
     *
     * @param crowd whether {@code other} is a region of a crowd: then the intersection over the area of this mask
     */
    public double iou(Mask other, boolean crowd) {
        if (!sameSize(other)) {
            return -1;
        }
        long common = common(other);
        if (common == 0) {
            return 0;
        }
        return (double) common / (double) (crowd ? area() : area() + other.area() - common);
    }

    /** Number of pixels that are foreground in both. */
    private long common(Mask other) {
        long common = 0;
        int i = 1;
        int j = 1;
        while (i < ends.length && j < other.ends.length) {
            int from = Math.max(ends[i - 1], other.ends[j - 1]);
            int to = Math.min(ends[i], other.ends[j]);
            if (to > from) {
                common += to - from;
            }
            if (ends[i] <= other.ends[j]) {
                i += 2;
            } else {
                j += 2;
            }
        }
        return common;
    }
}
