package viewfit.core.data;

import java.util.ArrayList;
import java.util.List;
import viewfit.core.metrics.Winner;
import viewfit.core.table.CsvTable;

/**
 * One line of {@code predictions.csv}, {@code predictions-fast.csv}, {@code predictions-knn.csv} and {@code predictions-test.csv}.
 *
 * @param path of the image, relative to the images root
 * @param label true class index
 * @param predicted class index with the largest logit or the most votes, the first of equals
 * @param p softmax probability of the predicted class, or its share of the votes
 */
public record Prediction(String path, int label, int predicted, double p) {
    /** Schema of the table. */
    public static final String SCHEMA = "predictions/1";

    /** What the header's {@code protocol} begins with for the fast probe; that of the linear probe has no such line. */
    public static final String FAST = "fast probe";

    /** The same for the neighbour classifier. */
    public static final String KNN = "k-NN";

    public static final CsvTable<Prediction> TABLE = CsvTable.of(Prediction.class, SCHEMA);

    /** Predictions of all images of a manifest; logits are [images, classes] row-major. */
    public static List<Prediction> of(Manifest manifest, float[] logits, int classes) {
        int[] best = best(logits, classes);
        List<Prediction> rows = new ArrayList<>();
        for (int i = 0; i < best.length; i++) {
            ManifestRow image = manifest.rows().get(i);
            rows.add(new Prediction(image.path(), image.label(), best[i], probability(logits, classes, i, best[i])));
        }
        return rows;
    }

    /** What the neighbours of all images of a manifest vote for. */
    public static List<Prediction> of(Manifest manifest, List<Winner> winners) {
        List<Prediction> rows = new ArrayList<>();
        for (int i = 0; i < winners.size(); i++) {
            ManifestRow image = manifest.rows().get(i);
            Winner winner = winners.get(i);
            rows.add(new Prediction(image.path(), image.label(), winner.label(), winner.share()));
        }
        return rows;
    }

    /** Index of the largest score per row; scores are [rows, classes] row-major. */
    public static int[] best(float[] scores, int classes) {
        int[] best = new int[scores.length / classes];
        for (int row = 0; row < best.length; row++) {
            int at = 0;
            for (int c = 1; c < classes; c++) {
                if (scores[row * classes + c] > scores[row * classes + at]) {
                    at = c;
                }
            }
            best[row] = at;
        }
        return best;
    }

    /** Softmax probability of one class of one row. */
    private static double probability(float[] scores, int classes, int row, int label) {
        double max = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            max = Math.max(max, scores[row * classes + c]);
        }
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            sum += Math.exp(scores[row * classes + c] - max);
        }
        return Math.exp(scores[row * classes + label] - max) / sum;
    }
}
