package viewfit.report.watch;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import viewfit.core.table.GrowingTable;

/**
 * The last lines of the curve of a run, which may be written meanwhile, and of its monitor.
 *
 * @param steps done; 0 if there is no line yet
 * @param epoch the epoch of the last step, from 1; 0 if there is no line yet
 * @param loss of the last step
 * @param imagesPerSecond of the last steps together
 * @param waitShare of the time of these steps
 * @param knn k-NN top-1 of the student when the monitor last looked
 * @param written seconds since 1970 when the curve was last written
 */
record CurveEnd(
        long steps, int epoch, double loss, double imagesPerSecond, double waitShare, double knn, double written) {
    /** Speed and wait are means over so many steps. */
    private static final int STEPS = 20;

    /**
     * Of the tables {@code curve.csv} and {@code monitor.csv} of a folder.
     *
     * @param folder of the outputs of an attempt, or of its states
     */
    static CurveEnd in(Path folder) {
        Path curve = folder.resolve("curve.csv");
        double written = WorkFolder.modified(curve);
        List<Map<String, Double>> rows = GrowingTable.last(curve, STEPS);
        List<Map<String, Double>> looks = GrowingTable.last(folder.resolve("monitor.csv"), 1);
        double knn = looks.isEmpty() ? Double.NaN : of(looks.get(0), "knn_student");
        if (rows.isEmpty()) {
            return new CurveEnd(0, 0, Double.NaN, Double.NaN, Double.NaN, knn, written);
        }
        Map<String, Double> last = rows.get(rows.size() - 1);
        double seconds = 0;
        double waited = 0;
        for (Map<String, Double> row : rows) {
            double each = 1 / of(row, "images_per_second");
            seconds += each;
            waited += of(row, "data_wait_share") * each;
        }
        return new CurveEnd(
                1 + (long) of(last, "step"),
                1 + (int) of(last, "epoch"),
                of(last, "loss"),
                rows.size() / seconds,
                waited / seconds,
                knn,
                written);
    }

    private static double of(Map<String, Double> row, String column) {
        return row.getOrDefault(column, Double.NaN);
    }
}
