package viewfit.report.page;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.report.FakeSweep;
import viewfit.report.results.ResultReader;
import viewfit.report.results.ResultTable;
import viewfit.report.values.MeanSd;
import viewfit.report.values.Text;

class ReportPageTest {
    /** Left in the build folder on purpose, for people to look at. */
    private static final Path FOLDER = Path.of("target", "example");

    private static final String TITLE = "DINO <on> \"MobileNetV2\" & 64 px views";
    static Path out;
    static String html;

    @BeforeAll
    static void write() throws IOException {
        FakeSweep sweep = new FakeSweep(FOLDER);
        Path cells = sweep.write();
        out = FOLDER.resolve("out");
        ReportWriter.write(ResultReader.read(cells, List.of(sweep.inputs())), TITLE, out);
        html = Files.readString(out.resolve("report.html"));
    }

    private static Set<String> matches(String pattern) {
        Set<String> found = new HashSet<>();
        Matcher matcher = Pattern.compile(pattern).matcher(html);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    @Test
    void nothingIsLoadedFromElsewhere() {
        assertEquals(Set.of("data:image/png;base64"), matches("src=\"([^,\"]*)"));
        assertFalse(html.contains("http:") || html.contains("https:") || html.contains("//cdn"), "no address at all");
        assertFalse(html.contains("<script") || html.contains("@import") || html.contains("url("));
        assertFalse(html.contains("{{"), "every mark filled");
    }

    @Test
    void everyLinkLeadsSomewhere() {
        Set<String> links = matches("href=\"([^\"]*)\"");
        assertTrue(links.containsAll(Set.of("tables/metrics.csv", "figures/loss.png", "figures/loss.svg")));
        for (String link : links) {
            if (link.startsWith("#")) {
                assertTrue(html.contains("id=\"" + link.substring(1) + "\""), link);
            } else {
                assertTrue(Files.isRegularFile(out.resolve(link)), link);
            }
        }
    }

    @Test
    void picturesInThePageAreTheFilesBesideIt() throws IOException {
        Set<String> embedded = matches("base64,([A-Za-z0-9+/=]+)\"");
        try (var files = Files.list(out.resolve("figures"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".png")).toList()) {
                assertTrue(embedded.contains(Base64.getEncoder().encodeToString(Files.readAllBytes(file))), file + "");
            }
        }
        assertEquals(14, matches("<figure[^>]* id=\"([^\"]*)\"").size());
    }

    /** Contact sheets are photographs: they have no SVG. */
    @Test
    void everyFigureIsThereAsPngSvgAndNumbers() throws IOException {
        try (var files = Files.list(out.resolve("figures"))) {
            for (Path file : files.toList()) {
                String id = file.getFileName().toString().replaceFirst("\\.(png|svg)$", "");
                assertTrue(Files.isRegularFile(out.resolve("tables/" + id + ".csv")), id);
                assertTrue(Files.isRegularFile(out.resolve("figures/" + id + ".png")), id);
                assertEquals(!id.startsWith("views-"), Files.isRegularFile(out.resolve("figures/" + id + ".svg")), id);
            }
        }
    }

    @Test
    void costsAreThere() {
        int start = html.indexOf("Pre-training of");
        assertEquals(
                "Pre-training of 5\u00A0cells took at least 12.00 core-hours; probes and fine-tuning are not counted, nor is"
                        + " what went into cells without a time: dino-hot-s1.",
                html.substring(start, html.indexOf("</p>", start)));
    }

    @Test
    void meansOnThePageAreThoseOfTheSources() {
        MeanSd linear = MeanSd.of(List.of(FakeSweep.linear(FakeSweep.OURS, 0), FakeSweep.linear(FakeSweep.OURS, 1)));
        MeanSd floor = MeanSd.of(List.of(FakeSweep.untrained(0), FakeSweep.untrained(1)));
        assertTrue(html.contains("dino-ours reaches " + Text.percent(linear) + " % top-1 (2\u00A0seeds)"));
        assertTrue(html.contains("<td>" + Text.percent(linear) + "</td>"));
        assertTrue(html.contains(">\u25B2\u00A0" + Text.points(linear.mean() - floor.mean()) + "<"));
        assertTrue(html.contains("dino-ours minus dino-baseline is +2.3 points"));
        assertTrue(html.contains("an indication, not a test"));
    }

    @Test
    void everyScoreTracesToItsFile() {
        ResultTable metrics = ResultTable.read(out.resolve("tables/metrics.csv"));
        int row = -1;
        for (int i = 0; i < metrics.rows().size(); i++) {
            if (metrics.text("cell").get(i).equals("dino-ours-s1")
                    && metrics.text("key").get(i).equals("heldout.linear.top1")) {
                row = i;
            }
        }
        assertEquals(FakeSweep.linear(FakeSweep.OURS, 1), metrics.numbers("value")[row]);
        assertEquals("probe/dino-ours-s1/metrics.json", metrics.text("source").get(row));
        assertTrue(Files.exists(
                FOLDER.resolve("inputs").resolve(metrics.text("source").get(row))));
        assertEquals("report-table/1", metrics.schema());
    }

    @Test
    void divergedAndMissingCellsAreShown() {
        assertTrue(html.contains("diverged</span><br>" + Html.escape(FakeSweep.MESSAGE)));
        assertTrue(html.contains("dino-hot-s1</th>") && html.contains("no result</span>"));
        assertTrue(html.contains("Not in the means: diverged: dino-hot-s0; without any result: dino-hot-s1."));
    }

    /** By cell and stage; a cell without any result has its reason too. */
    @Test
    void whatFailedForGoodIsShownWithItsReason() {
        assertTrue(html.contains("no result</span><br>pretrain failed: ended without an exit code: killed, or the"
                + " &lt;node&gt; was lost"));
        assertTrue(html.contains("done</span><br>finetune 5pct failed, exit code 137: killed, said &quot;no&quot;"));
        assertEquals(2, html.split(" failed[:,]", -1).length - 1);
    }

    @Test
    void theFileOfADivergenceIsNamed() {
        assertTrue(html.contains("The batch and the last numbers: <code>pretrain/dino-hot-s0/diverged.json</code>"));
        assertEquals(1, html.split("The batch and the last numbers", -1).length - 1);
    }

    @Test
    void methodAndBackboneOfEveryCellAreNamed() {
        assertTrue(html.contains("dino-ours-s1</th><td>dino</td><td>mobilenet_v2</td><td>1</td>"));
        assertTrue(html.contains(
                "hence without a figure: Online linear probe, Own task, Prototypes in use, Prototypes that are"));
    }

    @Test
    void otherMethodsFillThePageToo() throws IOException {
        Path folder = FOLDER.resolveSibling("all-methods");
        FakeSweep sweep = FakeSweep.ofAllMethods(folder);
        Path cells = sweep.write();
        ReportWriter.write(ResultReader.read(cells, List.of(sweep.inputs())), TITLE, folder.resolve("out"));
        String page = Files.readString(folder.resolve("out/report.html"));
        assertTrue(page.contains("swav-s0</th><td>swav</td><td>resnet18</td>"));
        assertTrue(page.contains("Not measured: moco, supervised."));
        assertFalse(page.contains("NaN</td>"));
        assertFalse(page.contains("hence without a figure"));
        String table = Files.readString(folder.resolve("out/tables/prototypes.csv"));
        assertTrue(table.contains("\nswav-s0,") && !table.contains("dino"), table);
    }

    @Test
    void collapsedRunsAreCalledSo() {
        assertTrue(html.contains("Collapsed during training, by their own monitors: dino-baseline-s1."));
        assertTrue(html.contains("done, collapsed</span><br>teacher entropy at ln K"));
    }

    @Test
    void speedIsTheRunsOwnFigure() {
        assertTrue(html.contains("<td>397</td><td>2.5</td>"), "images per second and share of waiting");
    }

    @Test
    void namesAreEscaped() {
        assertTrue(html.contains("<h1>DINO &lt;on&gt; &quot;MobileNetV2&quot; &amp; 64 px views</h1>"));
        assertFalse(html.contains("<must>"));
    }

    @Test
    void onlyDifferingSettingsAreListed() {
        for (String key :
                List.of("method.alpha", "views.groups[1].size", "views.groups[0].scale.low", "optimizer.lr")) {
            assertTrue(html.contains("<code>" + key + "</code>"), key);
        }
        for (String key : List.of("epochs", "method.name", "seed", "name")) {
            assertFalse(html.contains("<code>" + key + "</code>"), key);
        }
    }

    @Test
    void pixelScalesAndPaperNumbersAreThere() {
        assertTrue(
                html.contains("Mean pixel scale of the views drawn: global 0.38, local 0.40, global over local 0.95."));
        assertTrue(html.contains("Not comparable with runs on small data"));
        assertTrue(html.contains("<th scope=\"row\">DINO</th><td>\u2013</td><td>66.2</td><td>68.3</td><td>2.1</td>"));
        assertTrue(html.contains("<th scope=\"row\">ResNet18</th><td>11.2</td><td>1.8</td><td>69.8</td><td>62.2</td>"));
    }

    /** What stage views measured, once for cells with the same views; the contact sheet is still that of training. */
    @Test
    void pixelScalesAreShownOnceForEachSetOfViews(@TempDir Path folder) throws IOException {
        FakeSweep sweep = new FakeSweep(folder);
        Path cells = sweep.write();
        Path views = sweep.inputs().resolve("views/" + FakeSweep.cell(FakeSweep.OURS, 0));
        Files.createDirectories(views);
        Files.writeString(
                views.resolve("pixel-scale.csv"),
                """
                # schema: pixel-scale/1
                # provenance: {}
                group,estimator,global_side,local_side,pairs,global_area,local_area,ratio,standard_error,\
                best_local_side,best_local_side_error,rounded_local_side
                2,mean of ratios,64,36,2000,0.5,0.1,1.25,0.0125,40.25,0.2,40
                2,ratio of mean areas,64,36,2000,0.5,0.1,1.10,0.011,37.7578,0.19,38
                """);
        byte[] figure = Files.readAllBytes(
                sweep.inputs().resolve("pretrain/" + FakeSweep.cell(FakeSweep.BASELINE, 0) + "/views.png"));
        Files.write(views.resolve("pixel-scale.png"), figure);
        Files.writeString(views.resolve("pixel-scale.svg"), "<svg >s</svg>");
        Files.writeString(views.resolve("pixel-scale-bins.csv"), "# schema: pixel-scale-bins/1\n");
        Files.write(views.resolve("views.png"), figure);
        Path page = folder.resolve("out");
        ReportWriter.write(ResultReader.read(cells, List.of(sweep.inputs())), TITLE, page);
        String text = Files.readString(page.resolve("report.html"));
        String name = "pixel-scale-" + FakeSweep.cell(FakeSweep.OURS, 0);
        assertArrayEquals(figure, Files.readAllBytes(page.resolve("figures/" + name + ".png")));
        assertEquals("<svg >s</svg>", Files.readString(page.resolve("figures/" + name + ".svg")));
        assertTrue(text.contains("<a href=\"figures/" + name + ".svg\">SVG</a>"));
        assertTrue(Files.exists(page.resolve("tables/pixel-scale-bins-" + FakeSweep.cell(FakeSweep.OURS, 0) + ".csv")));
        assertEquals(
                4, Files.readAllLines(page.resolve("tables/" + name + ".csv")).size() - 1);
        assertTrue(text.contains("<a href=\"#pixel-scale\">Pixel scale</a>"));
        assertTrue(
                text.contains(
                        "Local views of 36 pixels have a ratio of 1.10 by ratio of mean areas; it would be 1 at 37.8 pixels"
                                + " (rounded for this network: 38)."),
                "no sentence");
        assertTrue(text.contains("<td>40.25\u00A0\u00B1\u00A00.20</td>"), "no table");
        assertTrue(text.contains("Cell dino-ours-s0, the same views as dino-ours-s1."), "cells with the same views");
        assertFalse(html.contains("id=\"pixel-scale\""), "no section without the stage");
        byte[] sheet = Files.readAllBytes(
                sweep.inputs().resolve("pretrain/" + FakeSweep.cell(FakeSweep.OURS, 0) + "/views.png"));
        assertArrayEquals(sheet, Files.readAllBytes(page.resolve("figures/views-dino-ours-s0.png")));
        // The grid keeps a transformer's views apart: its local size is bound to its patch.
        try (Stream<Path> recipes = Files.walk(folder)) {
            for (Path recipe :
                    recipes.filter(file -> file.endsWith("dino-ours-s1.yml")).toList()) {
                Files.writeString(recipe, Files.readString(recipe).replace("mobilenet_v2", "vit_tiny"));
            }
        }
        ReportWriter.write(ResultReader.read(cells, List.of(sweep.inputs())), TITLE, page);
        assertTrue(
                Files.readString(page.resolve("report.html")).contains("<p>Cell dino-ours-s0.</p>"),
                "cells of other patches share a figure");
    }
}
