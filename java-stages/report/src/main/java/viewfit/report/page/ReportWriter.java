package viewfit.report.page;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.core.Code;
import viewfit.report.KeyNames;
import viewfit.report.chart.Fonts;
import viewfit.report.results.CellResult;
import viewfit.report.results.Results;
import viewfit.report.values.Text;

/**
 * Writes {@code report.html} (one file, pictures inside, nothing loaded from elsewhere), {@code figures/} as PNG and
 * SVG, and {@code tables/*.csv}. The page is written last: if it is there, all it links to is.
 */
public final class ReportWriter {

    private ReportWriter() {}

    /**
     * @param title first heading of the page
     * @param out folder to write into; made when missing
     */
    public static void write(Results results, String title, Path out) {
        write(results, title, "", out);
    }

    /**
     * @param title first heading of the page
     * @param command how the run was started, for the page; may be empty
     * @param out folder to write into; made when missing
     */
    public static void write(Results read, String title, String command, Path out) {
        Fonts.require();
        Results results = KeyNames.named(read);
        Outputs outputs = new Outputs(out);
        Map<String, String> sections = new LinkedHashMap<>();
        sections.put("scores", ScoreSection.html(results, outputs));
        sections.put("shows", ShowsSection.html(results, outputs));
        sections.put("selection", SelectionSection.html(results, outputs));
        sections.put("halving", HalvingSection.html(results));
        sections.put("comparison", ComparisonSection.html(results, outputs));
        sections.put("settings", SettingsSection.html(results));
        sections.put("training", TrainingSection.html(results, outputs));
        sections.put("views", ViewsSection.html(results, outputs));
        sections.put("features", FeaturesSection.html(results, outputs));
        sections.put("pixel-scale", PixelScaleSection.html(results, outputs));
        sections.put("cells", CellsSection.cells(results));
        sections.put("cost", CostSection.html(results, command, outputs));
        sections.put("quarantine", QuarantineSection.html(results));
        sections.put("paper", PaperSection.html());
        sections.put("provenance", CellsSection.provenance(results));
        sections.values().removeIf(String::isEmpty);
        Html finding = new Html();
        Finding.sentences(results).forEach(sentence -> finding.element("p", "", sentence));
        outputs.page(new Template(PageResources.text("page.html"))
                .fill(Map.of(
                        "title", Html.escape(title),
                        "code", Html.escape(Code.version()),
                        "facts", facts(results),
                        "finding", finding.toString(),
                        "nav", nav(sections.keySet()),
                        "sections", String.join("", sections.values()))));
    }

    private static String facts(Results results) {
        List<String> facts = new ArrayList<>();
        facts.add(Text.plural(results.variants().size(), "recipe"));
        facts.add(Text.plural(results.seeds().size(), "seed"));
        facts.add(Text.plural(results.cells().size(), "cell"));
        for (CellResult.Status status : CellResult.Status.values()) {
            long n = results.cells().stream().filter(c -> c.status() == status).count();
            if (n > 0 && status != CellResult.Status.OK) {
                facts.add(n + " " + status.words());
            }
        }
        Html html = new Html();
        facts.forEach(fact -> html.element("li", "", fact));
        return html.toString();
    }

    private static String nav(Iterable<String> ids) {
        Map<String, String> names = Map.ofEntries(
                Map.entry("scores", "Scores"),
                Map.entry("shows", "What the sweep shows"),
                Map.entry("selection", "Selection and test"),
                Map.entry("halving", "Successive halving"),
                Map.entry("comparison", "Statistics"),
                Map.entry("settings", "What was compared"),
                Map.entry("training", "Training"),
                Map.entry("views", "Views"),
                Map.entry("features", "Features"),
                Map.entry("pixel-scale", "Pixel scale"),
                Map.entry("cells", "Cells"),
                Map.entry("cost", "Command, time and cost"),
                Map.entry("quarantine", "Quarantined images"),
                Map.entry("paper", "The paper's numbers"),
                Map.entry("provenance", "Provenance"));
        Html html = new Html();
        for (String id : ids) {
            html.element("a", "href=\"#" + id + "\"", names.getOrDefault(id, id));
        }
        return html.toString();
    }
}
