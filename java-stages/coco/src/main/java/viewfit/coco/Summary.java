package viewfit.coco;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Means over the cells that have true objects; -1 where none has. */
public final class Summary {
    /** Names of the twelve numbers, in the order of pycocotools. */
    public static final List<String> NAMES = List.of(
            "AP",
            "AP50",
            "AP75",
            "AP-small",
            "AP-medium",
            "AP-large",
            "AR1",
            "AR10",
            "AR100",
            "AR-small",
            "AR-medium",
            "AR-large");

    /** Index of the overlap 0.50. */
    public static final int IOU_50 = 0;

    /** Index of the overlap 0.75. */
    public static final int IOU_75 = 5;

    private static final int ALL_IOUS = -1;
    private static final int MOST = Axes.LIMITS - 1;

    private final Cells cells;
    private final int[] categories;

    private Summary(Cells cells, int[] categories) {
        this.cells = cells;
        this.categories = categories;
    }

    /** The twelve numbers over all classes. */
    public static List<Double> of(Cells cells) {
        return new Summary(cells, IntStream.range(0, cells.categories().size()).toArray()).stats();
    }

    /** The twelve numbers of one class, by its index. */
    public static List<Double> of(Cells cells, int category) {
        return new Summary(cells, new int[] {category}).stats();
    }

    private List<Double> stats() {
        return List.of(
                precision(ALL_IOUS, 0),
                precision(IOU_50, 0),
                precision(IOU_75, 0),
                precision(ALL_IOUS, 1),
                precision(ALL_IOUS, 2),
                precision(ALL_IOUS, 3),
                recall(0, 0),
                recall(0, 1),
                recall(0, MOST),
                recall(1, MOST),
                recall(2, MOST),
                recall(3, MOST));
    }

    private double precision(int iou, int area) {
        int from = iou == ALL_IOUS ? 0 : iou;
        int to = iou == ALL_IOUS ? Axes.IOUS : iou + 1;
        double[] values = new double[(to - from) * Axes.RECALLS * categories.length];
        int count = 0;
        for (int t = from; t < to; t++) {
            for (int r = 0; r < Axes.RECALLS; r++) {
                for (int k : categories) {
                    values[count++] = cells.precision(t, r, k, area, MOST);
                }
            }
        }
        return mean(values);
    }

    private double recall(int area, int limit) {
        double[] values = new double[Axes.IOUS * categories.length];
        int count = 0;
        for (int t = 0; t < Axes.IOUS; t++) {
            for (int k : categories) {
                values[count++] = cells.recall(t, k, area, limit);
            }
        }
        return mean(values);
    }

    private static double mean(double[] all) {
        double[] values =
                DoubleStream.of(all).filter(value -> value > Cells.NONE).toArray();
        return values.length == 0 ? Cells.NONE : PairwiseSum.of(values) / values.length;
    }
}
