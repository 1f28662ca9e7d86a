package viewfit.report.page;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import viewfit.report.Summary;
import viewfit.report.SweepTable;
import viewfit.report.results.CellResult;
import viewfit.report.results.Results;
import viewfit.report.results.Show;
import viewfit.report.values.MeanSd;
import viewfit.report.values.Text;

/** A table that the sweep was made for: means, differences to the baseline, and the paper's numbers beside them. */
final class SweepTableSection {
    private SweepTableSection() {}

    static String html(Results results, Show show, Outputs outputs) {
        SweepTable table = SweepTable.of(results, show);
        PaperNumbers paper = PaperNumbers.of(show.paper());
        boolean differences = table.rows().stream().anyMatch(row -> row.baseline() >= 0);
        boolean epochs = epochs(table, paper);
        List<String> header = new ArrayList<>(List.of("", "seeds scored"));
        if (epochs) {
            header.add("paper, epochs");
        }
        for (SweepTable.Measure measure : table.measures()) {
            header.add(Html.escape(measure.title()).replace('-', '\u2011'));
            if (differences) {
                header.add("difference");
            }
            if (published(table, paper, measure)) {
                header.add("paper");
                if (differences) {
                    header.add("paper, difference");
                }
            }
        }
        List<List<String>> cells = new ArrayList<>();
        List<List<String>> numbers = new ArrayList<>();
        for (SweepTable.Row row : table.rows()) {
            cells.add(row(table, paper, row, differences, epochs, numbers));
        }
        outputs.table(
                show.id(),
                List.of(
                        "row",
                        "against",
                        "measure",
                        "n",
                        "mean",
                        "sd",
                        "difference",
                        "difference_n",
                        "difference_sd",
                        "paper",
                        "paper_difference",
                        "paper_epochs"),
                numbers);
        Html html = new Html();
        if (table.measures().isEmpty()) {
            html.element("p", "class=\"note\"", "None of its cells has a score on held-out images yet.");
        } else {
            html.table("numbers", header, cells);
            html.raw("<p class=\"note\">" + Html.escape(note(table, paper, differences))
                    + " <span class=\"source\"><a href=\"tables/" + show.id() + ".csv\">data</a></span></p>\n");
        }
        ShowsSection.absent(results, show, shown(table)).forEach(note -> html.element("p", "class=\"note\"", note));
        html.raw(PaperSection.beside(show.paper()));
        return html.toString();
    }

    private static List<String> row(
            SweepTable table,
            PaperNumbers paper,
            SweepTable.Row row,
            boolean differences,
            boolean epochs,
            List<List<String>> numbers) {
        long scored = row.cells().stream().filter(c -> c.scoredProbe() != null).count();
        List<String> cells = new ArrayList<>(
                List.of(Html.escape(row.label()), scored + " of " + row.cells().size()));
        int theirEpochs = paper.epochs(table, row);
        if (epochs) {
            cells.add(theirEpochs == 0 ? Text.NONE : Integer.toString(theirEpochs));
        }
        SweepTable.Row baseline = table.baselineOf(row);
        for (SweepTable.Measure measure : table.measures()) {
            MeanSd mean = Summary.mean(row.runs(measure));
            MeanSd difference = table.difference(row, measure);
            double theirs = paper.value(table, row, measure.key());
            double gain = baseline == null ? Double.NaN : theirs - paper.value(table, baseline, measure.key());
            cells.add(Text.percent(mean));
            if (differences) {
                cells.add(Html.gain(difference.mean()));
            }
            if (published(table, paper, measure)) {
                cells.add(Text.percent(theirs));
                if (differences) {
                    cells.add(Html.gain(gain));
                }
            }
            numbers.add(List.of(
                    row.label(),
                    baseline == null ? "" : baseline.label(),
                    measure.key(),
                    Integer.toString(mean.n()),
                    Text.exact(mean.mean()),
                    Text.exact(mean.sd()),
                    Text.exact(difference.mean()),
                    Integer.toString(difference.n()),
                    Text.exact(difference.sd()),
                    Text.exact(theirs),
                    Text.exact(gain),
                    Double.isFinite(theirs) && theirEpochs > 0 ? Integer.toString(theirEpochs) : ""));
        }
        return cells;
    }

    private static boolean published(SweepTable table, PaperNumbers paper, SweepTable.Measure measure) {
        return table.rows().stream().anyMatch(row -> Double.isFinite(paper.value(table, row, measure.key())));
    }

    /** Whether some number of the paper has a length of training to name. */
    private static boolean epochs(SweepTable table, PaperNumbers paper) {
        return table.measures().stream().anyMatch(measure -> published(table, paper, measure))
                && table.rows().stream().anyMatch(row -> paper.epochs(table, row) > 0);
    }

    private static String note(SweepTable table, PaperNumbers paper, boolean differences) {
        String note = "In percent, on held-out images: mean \u00B1 standard deviation over seeds.";
        if (differences) {
            note += " Differences in points, mean over the seeds both have, to the baseline of the same method and"
                    + " backbone" + (table.firstStandsIn() ? ", here the first row of it" : "")
                    + ": \u25B2\u00A0+ better, \u25BC\u00A0\u2212 worse.";
        }
        if (table.show().paper().isEmpty()) {
            return note + " The paper published no numbers of this.";
        }
        if (paper.isEmpty()) {
            return note
                    + " The paper's table is of detectors, which are trained elsewhere: nothing to put beside a probe.";
        }
        boolean beside = table.measures().stream().anyMatch(measure -> published(table, paper, measure));
        return note
                + (beside
                        ? " Paper: ImageNet, as many epochs as stand there, official validation images; beside runs on"
                                + " other data or of other length it shows the direction and size of an effect, nothing"
                                + " more."
                        : " No row of the paper's table is that of exactly one of these rows.");
    }

    private static Set<String> shown(SweepTable table) {
        Set<String> shown = new LinkedHashSet<>();
        for (SweepTable.Row row : table.rows()) {
            for (SweepTable.Measure measure : table.measures()) {
                row.runs(measure).forEach(run -> shown.add(run.cell()));
            }
            row.cells().stream()
                    .filter(c -> c.scoredProbe() != null)
                    .map(CellResult::cell)
                    .forEach(cell -> shown.add(cell.id()));
        }
        return shown;
    }
}
