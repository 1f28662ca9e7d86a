package viewfit.coco;

import java.util.Arrays;
import java.util.List;

/**
 * Every number of an evaluation, by overlap, recall, class, range of areas and limit of detections: see {@link Axes}. A cell
 * without any true object is -1.
 */
public final class Cells {
    /** What a cell says where there is no true object. */
    public static final double NONE = -1;

    private final List<Category> categories;
    private final double[] precision;
    private final double[] scores;
    private final double[] recall;

    Cells(List<Category> categories) {
        this.categories = List.copyOf(categories);
        int rows = Axes.IOUS * categories.size() * Axes.AREAS * Axes.LIMITS;
        precision = filled(rows * Axes.RECALLS);
        scores = filled(rows * Axes.RECALLS);
        recall = filled(rows);
    }

    private static double[] filled(int size) {
        double[] cells = new double[size];
        Arrays.fill(cells, NONE);
        return cells;
    }

    /** The classes, by ascending identifier; of proposals the one that stands for all. */
    public List<Category> categories() {
        return categories;
    }

    private int at(int iou, int recallAt, int category, int area, int limit) {
        return (((iou * Axes.RECALLS + recallAt) * categories.size() + category) * Axes.AREAS + area) * Axes.LIMITS
                + limit;
    }

    private int at(int iou, int category, int area, int limit) {
        return ((iou * categories.size() + category) * Axes.AREAS + area) * Axes.LIMITS + limit;
    }

    /** The largest precision at this recall or a higher one; 0 where recall does not get there. */
    public double precision(int iou, int recallAt, int category, int area, int limit) {
        return precision[at(iou, recallAt, category, area, limit)];
    }

    /** The score at which recall gets there; 0 where it does not. */
    public double score(int iou, int recallAt, int category, int area, int limit) {
        return scores[at(iou, recallAt, category, area, limit)];
    }

    /** The recall of all detections. */
    public double recall(int iou, int category, int area, int limit) {
        return recall[at(iou, category, area, limit)];
    }

    void set(int iou, int recallAt, int category, int area, int limit, double precisionThere, double score) {
        int at = at(iou, recallAt, category, area, limit);
        precision[at] = precisionThere;
        scores[at] = score;
    }

    void setRecall(int iou, int category, int area, int limit, double value) {
        recall[at(iou, category, area, limit)] = value;
    }

    /** All precisions, in the order of the axes. */
    public double[] precisions() {
        return precision.clone();
    }

    /** All scores, in the order of the axes. */
    public double[] scores() {
        return scores.clone();
    }

    /** All recalls, in the order of the axes without the second. */
    public double[] recalls() {
        return recall.clone();
    }
}
