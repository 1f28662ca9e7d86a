package viewfit.coco;

import java.util.ArrayList;
import java.util.List;

/**
 * One point of a curve of precision over recall: objects of any size, at most 100 detections of a class in an image.
 *
 * @param category identifier of the class
 * @param iou least overlap of a match
 * @param precision the largest one at this recall or a higher one; 0 where recall does not get there
 * @param score the score at which recall gets there; 0 where it does not
 */
public record CurvePoint(long category, String name, double iou, double recall, double precision, double score) {
    private static final int ALL_SIZES = 0;
    private static final int MOST = Axes.LIMITS - 1;

    /** The curves of all classes that have objects. */
    public static List<CurvePoint> of(Cells cells) {
        List<CurvePoint> points = new ArrayList<>();
        for (int k = 0; k < cells.categories().size(); k++) {
            Category category = cells.categories().get(k);
            for (int t = 0; hasObjects(cells, k) && t < Axes.IOUS; t++) {
                for (int r = 0; r < Axes.RECALLS; r++) {
                    points.add(new CurvePoint(
                            category.id(),
                            category.name(),
                            Axes.iou(t),
                            Axes.recall(r),
                            cells.precision(t, r, k, ALL_SIZES, MOST),
                            cells.score(t, r, k, ALL_SIZES, MOST)));
                }
            }
        }
        return points;
    }

    /** The mean over the classes that have objects, at each recall; empty if none has. */
    public static double[] mean(Cells cells, int iou) {
        double[] sums = new double[Axes.RECALLS];
        int classes = 0;
        for (int k = 0; k < cells.categories().size(); k++) {
            if (hasObjects(cells, k)) {
                classes++;
                for (int r = 0; r < Axes.RECALLS; r++) {
                    sums[r] += cells.precision(iou, r, k, ALL_SIZES, MOST);
                }
            }
        }
        if (classes == 0) {
            return new double[0];
        }
        for (int r = 0; r < Axes.RECALLS; r++) {
            sums[r] /= classes;
        }
        return sums;
    }

    private static boolean hasObjects(Cells cells, int category) {
        return cells.recall(0, category, ALL_SIZES, MOST) > Cells.NONE;
    }
}
