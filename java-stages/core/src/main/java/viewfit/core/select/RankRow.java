package viewfit.core.select;

import java.util.List;
import viewfit.core.table.CsvTable;

/**
 * One line of {@code selection.csv}.
 *
 * @param method that its cells are trained by
 * @param backbone that they train
 * @param rank from 1, within method and backbone
 * @param group cells that differ in their seed only
 * @param cells those that have a score, with spaces between them
 * @param by name of the score
 * @param n number of scores
 * @param mean of the scores, a fraction
 * @param deviation over seeds (n - 1); NaN of a single one
 * @param standardError deviation / sqrt(n); NaN of a single one
 * @param epochs of pre-training
 */
public record RankRow(
        String method,
        String backbone,
        long rank,
        String group,
        String cells,
        String by,
        long n,
        double mean,
        double deviation,
        double standardError,
        long epochs) {
    public static final String SCHEMA = "selection-ranks/2";
    public static final CsvTable<RankRow> TABLE = CsvTable.of(RankRow.class, SCHEMA);

    private static RankRow of(Selection.Choice choice, Selection.Candidate candidate, String by) {
        return new RankRow(
                choice.method(),
                choice.backbone(),
                candidate.rank(),
                candidate.group(),
                String.join(" ", candidate.cells()),
                by,
                candidate.cells().size(),
                candidate.values().getOrDefault(Selector.MEAN, Double.NaN),
                candidate.values().getOrDefault(Selector.DEVIATION, Double.NaN),
                candidate.values().getOrDefault(Selector.STANDARD_ERROR, Double.NaN),
                candidate.epochs());
    }

    /** The table of a selection. */
    public static List<RankRow> of(Selection selection) {
        return selection.choices().stream()
                .flatMap(choice -> choice.candidates().stream().map(c -> of(choice, c, selection.by())))
                .toList();
    }
}
