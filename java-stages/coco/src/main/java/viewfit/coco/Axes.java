package viewfit.coco;

import java.util.List;

/** The axes of the cells of an evaluation. */
public final class Axes {
    /** Least overlaps that count as a match. */
    public static final int IOUS = 10;
    /** Recalls at which precision is read. */
    public static final int RECALLS = 101;
    /** Ranges of the area of objects: all, small, medium, large. */
    public static final int AREAS = 4;
    /** Numbers of detections that an image may have of a class. */
    public static final int LIMITS = 3;

    /** The names of the ranges of area. */
    public static final List<String> AREA_NAMES = List.of("all", "small", "medium", "large");

    private static final double[] IOU = spaced(.5, .95, IOUS);
    private static final double[] RECALL = spaced(0, 1, RECALLS);
    private static final double[][] AREA = {{0, 1e10}, {0, 1024}, {1024, 9216}, {9216, 1e10}};
    private static final int[] LIMIT = {1, 10, 100};

    private Axes() {}

    /** 0.50, 0.55 ... 0.95. */
    public static double iou(int index) {
        return IOU[index];
    }

    /** 0, 0.01 ... 1. */
    public static double recall(int index) {
        return RECALL[index];
    }

    /** 1, 10, 100. */
    public static int limit(int index) {
        return LIMIT[index];
    }

    /** Whether an area lies outside a range; both ends are inside. */
    static boolean outside(double area, int range) {
        return area < AREA[range][0] || area > AREA[range][1];
    }

    /** Evenly spaced numbers as NumPy rounds them: index times step plus start, and the last one exactly. */
    private static double[] spaced(double from, double to, int count) {
        double step = (to - from) / (count - 1);
        double[] values = new double[count];
        for (int i = 0; i < count - 1; i++) {
            values[i] = i * step + from;
        }
        values[count - 1] = to;
        return values;
    }
}
