package viewfit.coco;

import java.util.Arrays;

/**
 * The pixels inside a polygon, exactly as the COCO tools find them.
 *
 * <p>The outline is walked on a grid five times finer than the pixels. Vertices are rounded to it; an edge takes one step at a
 * time along its longer axis, the other coordinate being rounded. Where a step goes from one fine column to the next and passes
 * the middle of a column of pixels, the outline crosses that column there, above the higher of the two points. The crossings of
 * a column, sorted, are where runs begin and end: two in one place cancel out.
 */
final class PolygonRaster {
    private static final double FINE = 5;

    /** Above this, fine coordinates would leave the range of int. */
    static final double LARGEST = 4e8;

    private final int height;
    private final int width;
    private int[] crossings = new int[64];
    private int count;

    private PolygonRaster(int height, int width) {
        this.height = height;
        this.width = width;
    }

    /**
     * Where runs end.
     *
     * @param xy x and y in turns, at least one point; a last number without partner is not used
     * @throws IllegalArgumentException if a coordinate is not within {@link #LARGEST} of zero
     */
    static int[] ends(double[] xy, int height, int width) {
        PolygonRaster raster = new PolygonRaster(height, width);
        raster.walk(xy);
        return raster.ends();
    }

    private void walk(double[] xy) {
        int points = xy.length / 2;
        int[] x = new int[points + 1];
        int[] y = new int[points + 1];
        for (int i = 0; i < points; i++) {
            x[i] = fine(xy[2 * i]);
            y[i] = fine(xy[2 * i + 1]);
        }
        x[points] = x[0];
        y[points] = y[0];
        for (int i = 0; i < points; i++) {
            edge(x[i], y[i], x[i + 1], y[i + 1]);
        }
    }

    private static int fine(double coordinate) {
        if (!(Math.abs(coordinate) <= LARGEST)) {
            throw new IllegalArgumentException(
                    "a coordinate of " + coordinate + ": must be within " + LARGEST + " of zero");
        }
        return (int) (FINE * coordinate + .5);
    }

    /**
     * Walks one edge. An edge that runs backwards along its longer axis is computed from its other end, so that rounding does
     * not depend on the direction. Edges share their ends, so steps from one edge to the next cross nothing.
     */
    private void edge(int x0, int y0, int x1, int y1) {
        int dx = Math.abs(x1 - x0);
        int dy = Math.abs(y1 - y0);
        if (dx == 0) {
            return;
        }
        boolean wide = dx >= dy;
        boolean back = wide ? x0 > x1 : y0 > y1;
        int fromX = back ? x1 : x0;
        int fromY = back ? y1 : y0;
        int toX = back ? x0 : x1;
        int toY = back ? y0 : y1;
        int steps = Math.max(dx, dy);
        double slope = (double) (wide ? toY - fromY : toX - fromX) / steps;
        int beforeX = 0;
        int beforeY = 0;
        for (int i = 0; i <= steps; i++) {
            int across = (int) ((wide ? fromY : fromX) + slope * i + .5);
            int atX = wide ? fromX + i : across;
            int atY = wide ? across : fromY + i;
            if (i > 0 && atX != beforeX) {
                cross(Math.min(beforeX, atX), Math.min(beforeY, atY));
            }
            beforeX = atX;
            beforeY = atY;
        }
    }

    /** A step between the fine columns {@code column} and the next. */
    private void cross(int column, int upper) {
        double x = (column + .5) / FINE - .5;
        if (Math.floor(x) != x || x < 0 || x > width - 1) {
            return;
        }
        double y = (upper + .5) / FINE - .5;
        y = Math.ceil(y < 0 ? 0 : y > height ? height : y);
        if (count == crossings.length) {
            crossings = Arrays.copyOf(crossings, 2 * count);
        }
        crossings[count++] = ((int) x) * height + (int) y;
    }

    private int[] ends() {
        Arrays.sort(crossings, 0, count);
        int pixels = height * width;
        int[] ends = new int[count + 1];
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (kept > 0 && ends[kept - 1] == crossings[i]) {
                kept--;
            } else {
                ends[kept++] = crossings[i];
            }
        }
        // A crossing at the very end leaves no run behind it.
        if (kept > 0 && ends[kept - 1] == pixels) {
            kept--;
        }
        ends[kept++] = pixels;
        return Arrays.copyOf(ends, kept);
    }
}
