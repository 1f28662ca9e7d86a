package viewfit.report.watch;

import java.util.ArrayList;
import java.util.List;

/** A sweep as a table for a terminal. */
public final class SweepText {
    private static final int FIRST_NUMBER = 2;
    private static final String GAP = "  ";

    private SweepText() {}

    /**
     * Lines without line feeds.
     *
     * @param most cells at most, the others are counted; 0 for all
     */
    public static List<String> lines(SweepState sweep, int most) {
        List<CellState> cells = sweep.cells();
        int shown = most == 0 ? cells.size() : Math.min(most, cells.size());
        List<List<String>> rows = new ArrayList<>();
        rows.add(SweepColumns.NAMES);
        cells.subList(0, shown).forEach(cell -> rows.add(SweepColumns.of(cell)));
        int[] widths = new int[SweepColumns.NAMES.size()];
        rows.forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        List<String> lines = new ArrayList<>();
        lines.add(sweep.results() + GAP + SweepColumns.time(sweep) + GAP + sweep.counts());
        lines.add("");
        rows.forEach(row -> lines.add(line(row, widths)));
        if (shown < cells.size()) {
            lines.add("and " + SweepState.counts(cells.subList(shown, cells.size())));
        }
        if (!sweep.stages().isEmpty()) {
            lines.add("");
            lines.add(sweep.stageLine());
        }
        return lines;
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            boolean number = i >= FIRST_NUMBER && i < widths.length - 1;
            String space = " ".repeat(widths[i] - row.get(i).length());
            line.append(i == 0 ? "" : GAP)
                    .append(number ? space : "")
                    .append(row.get(i))
                    .append(number ? "" : space);
        }
        return line.toString().stripTrailing();
    }
}
