package viewfit.core.select;

import viewfit.core.table.CsvTable;

/**
 * One line of {@code halving.csv}: what became of a group of a sweep after so many epochs.
 *
 * @param method that its cells are trained by
 * @param backbone that they train
 * @param epochs they would train for; groups that have method, backbone and epochs in common compete
 * @param epoch epochs of training that the decision is made after
 * @param rank from 1, the best first, among those that compete
 * @param group cells that differ in their seed only
 * @param cells those that were still training, with spaces between them
 * @param n how many of them have a score
 * @param mean held-out k-NN top-1 of the students after that epoch, a fraction; NaN if none has one
 * @param goesOn whether its cells do, but for those that diverged
 */
public record HalvingRow(
        String method,
        String backbone,
        int epochs,
        int epoch,
        int rank,
        String group,
        String cells,
        int n,
        double mean,
        boolean goesOn) {
    public static final String SCHEMA = "halving/2";
    public static final CsvTable<HalvingRow> TABLE = CsvTable.of(HalvingRow.class, SCHEMA);

    /** What it competes with is of the same one. */
    public Training training() {
        return new Training(method, backbone, epochs);
    }

    HalvingRow placed(int place, boolean on) {
        return new HalvingRow(method, backbone, epochs, epoch, place, group, cells, n, mean, on);
    }
}
