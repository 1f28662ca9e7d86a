package viewfit.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;
import viewfit.report.results.Cell;
import viewfit.report.results.CellResult;
import viewfit.report.results.Results;
import viewfit.report.results.Scored;
import viewfit.report.results.Show;

class FindingTest {

    private static CellResult scored(String variant, long seed, double linear, double untrained) {
        Provenance provenance = new Provenance("", "", "", "", "", "", seed);
        Map<String, Double> values = Map.of(
                "heldout.linear.top1",
                linear,
                "untrained.linear.top1",
                untrained,
                "heldout.knn.top1",
                0.9,
                "untrained.knn.top1",
                0.1);
        Metrics metrics =
                new Metrics(Metrics.SCHEMA, "probe", "", Outcome.OK, "", values, Map.of("classes", 4L), provenance);
        return new CellResult(
                new Cell(variant + seed, variant, variant, seed, Map.of(), ""),
                null,
                new Scored(metrics, Path.of("probe", variant + seed, "metrics.json")),
                Map.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                Map.of(),
                null,
                Map.of(),
                null,
                null);
    }

    private static List<String> sentences(CellResult... cells) {
        return sentences(List.of(), cells);
    }

    private static List<String> sentences(List<Show> shows, CellResult... cells) {
        return Finding.sentences(new Results(
                        Path.of(""), List.of(cells), null, Map.of(), List.of(), null, shows, List.of(), Map.of()))
                .stream()
                .map(s -> s.replace('\u00A0', ' '))
                .toList();
    }

    @Test
    void aRunAtItsFloorIsNotCalledAResult() {
        assertEquals(
                List.of(
                        "Linear probe on held-out images: a reaches 30.0 % top-1 (1 seed), 5.0 points below the same"
                                + " network untrained (35.0 %).",
                        "By linear probe, a is not above its untrained network: by this measure the training added"
                                + " nothing."),
                sentences(scored("a", 0, 0.30, 0.35)));
    }

    @Test
    void recipesAreComparedOnSharedSeedsOnly() {
        assertEquals(
                "On the one seed both have, b minus a is \u22124.0 points of linear top-1. With 1 seed this is an"
                        + " indication, not a test.",
                sentences(scored("a", 0, 0.60, 0.3), scored("a", 1, 0.10, 0.05), scored("b", 0, 0.56, 0.3))
                        .get(1));
    }

    /** Of a sweep, the rows of its first table; others are compared where they are drawn. */
    @Test
    void aSweepSaysWhatItsTableCompares() {
        List<CellResult> cells = new ArrayList<>();
        for (long seed = 0; seed < 3; seed++) {
            cells.add(scored("a-baseline", seed, 0.5, 0.3));
            cells.add(scored("b", seed, 0.52 + 0.01 * seed, 0.3));
            cells.add(scored("c", seed, 0.6, 0.3));
        }
        List<String> ids = cells.stream()
                .map(cell -> cell.cell().id())
                .filter(id -> !id.startsWith("c"))
                .toList();
        Show table = new Show("t", true, "", List.of(), "", List.of("recipe"), "", ids);
        String sentence =
                "On the 3 seeds both have, b minus a-baseline is +3.0 points of linear top-1 (standard deviation of"
                        + " the difference 1.0). With 3 seeds this is an indication, not a test.";
        CellResult[] all = cells.toArray(CellResult[]::new);
        assertEquals(sentence, sentences(List.of(table), all).get(1));
        assertEquals(1, sentences(all).size());
    }

    @Test
    void fiveSeedsAreNotCalledFew() {
        List<CellResult> cells = new ArrayList<>();
        for (long seed = 0; seed < 5; seed++) {
            cells.add(scored("a", seed, 0.5, 0.3));
            cells.add(scored("b", seed, 0.52, 0.3));
        }
        assertEquals(
                "On the 5 seeds both have, b minus a is +2.0 points of linear top-1 (standard deviation of the"
                        + " difference 0.0).",
                sentences(cells.toArray(CellResult[]::new)).get(1));
    }

    @Test
    void aDivergedRunIsNotInAMeanEvenIfItWasScored() {
        Metrics ended = new Metrics(
                Metrics.SCHEMA,
                "pretrain",
                "a1",
                Outcome.DIVERGED,
                "loss is NaN",
                Map.of(),
                Map.of(),
                new Provenance("", "", "", "", "", "", 1));
        CellResult bad = scored("a", 1, 0.1, 0.3);
        CellResult diverged = new CellResult(
                bad.cell(),
                new Scored(ended, Path.of("metrics.json")),
                bad.probe(),
                Map.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                Map.of(),
                null,
                Map.of(),
                null,
                null);
        assertEquals(
                List.of(
                        "Linear probe on held-out images: a reaches 50.0 % top-1 (1 seed), 20.0 points above the same"
                                + " network untrained (30.0 %).",
                        "Not in the means: diverged: a1."),
                sentences(scored("a", 0, 0.5, 0.3), diverged));
    }

    @Test
    void nothingScoredIsSaid() {
        CellResult missing = new CellResult(
                new Cell("a0", "a", "a", 0, Map.of(), ""),
                null,
                null,
                Map.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                Map.of(),
                null,
                Map.of(),
                null,
                null);
        assertEquals(
                List.of(
                        "No run has a score on held-out images yet; the page shows the training only.",
                        "Not in the means: without any result: a0."),
                sentences(missing));
    }

    @Test
    void templatesAreHeldToTheirMarks() {
        assertEquals("a $1 b", new Template("a {{x}} b").fill(Map.of("x", "$1")));
        assertThrows(IllegalArgumentException.class, () -> new Template("{{x}}").fill(Map.of()));
        assertThrows(IllegalArgumentException.class, () -> new Template("").fill(Map.of("x", "1")));
    }

    @Test
    void fiveCharactersAreEscaped() {
        assertEquals(
                "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;\u00FC", Html.escape("<a href=\"x\">&'</a>\u00FC"));
    }
}
