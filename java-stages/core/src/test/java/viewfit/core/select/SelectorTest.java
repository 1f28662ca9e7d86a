package viewfit.core.select;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.grid.CellRow;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;

/** Who is first, by what, and what is refused. */
class SelectorTest {
    private static final String LINEAR = "heldout.linear.top1";
    private static final String KNN = "heldout.knn.top1";
    private static final Path FILE = Path.of("metrics.json");

    @TempDir
    Path dir;

    private static CellRow cell(String group, long seed) {
        return new CellRow(group + "_s" + seed, group, group + ".yml", "", seed, "");
    }

    private static List<CellRow> sweep(String... groups) {
        List<CellRow> cells = new ArrayList<>();
        for (String group : groups) {
            cells.add(cell(group, 0));
            cells.add(cell(group, 1));
        }
        return cells;
    }

    private static Metrics probe(String cell, Outcome outcome, String recipe, Map<String, Double> values) {
        return new Metrics(
                Metrics.SCHEMA,
                "probe",
                cell,
                outcome,
                "message",
                values,
                Map.of("heldout.images", 50L),
                new Provenance("", recipe, "train", "net-" + cell, "", "", 0));
    }

    private static void add(Selector selector, String cell, double linear) {
        selector.add(FILE, probe(cell, Outcome.OK, "probe", Map.of(LINEAR, linear, KNN, 1 - linear)));
    }

    private static Training training(int epochs) {
        return new Training("dino", "mobilenet_v2", epochs);
    }

    /** Of a sweep over one method and backbone. */
    private static Selection.Choice only(Selection selection) {
        assertEquals(1, selection.choices().size());
        return selection.choices().get(0);
    }

    private static StageFailure refused(Runnable action) {
        return assertThrows(StageFailure.class, action::run);
    }

    @Test
    void ranksByTheMeanOverSeeds() {
        Selector selector = new Selector(sweep("baseline", "a", "b"), cell -> training(10));
        add(selector, "baseline_s0", .1);
        add(selector, "baseline_s1", .2);
        add(selector, "a_s0", .9);
        add(selector, "a_s1", .1);
        add(selector, "b_s0", .6);
        add(selector, "b_s1", .64);
        Selection selection = selector.select(null);
        assertEquals(LINEAR, selection.by());
        assertEquals("b", only(selection).chosen());
        assertEquals(
                List.of("b", "a", "baseline"),
                only(selection).candidates().stream()
                        .map(Selection.Candidate::group)
                        .toList());
        RankRow first = RankRow.of(selection).get(0);
        assertEquals(.62, first.mean(), 1e-12);
        assertEquals(.04 / Math.sqrt(2), first.deviation(), 1e-12);
        assertEquals(.02, first.standardError(), 1e-12);
        assertEquals(
                List.of("b_s0 chosen", "b_s1 chosen", "baseline_s0 baseline", "baseline_s1 baseline"),
                selection.tested().stream().map(t -> t.cell() + " " + t.role()).toList());
        assertEquals("net-b_s1", selection.tested().get(1).checkpointSha256());
        assertEquals("b", only(selector.select(LINEAR)).chosen());
        assertEquals("baseline", only(selector.select(KNN)).chosen());
        assertEquals(2, selector.select(KNN).tested().size(), "a chosen baseline is tested once");
    }

    private static CellRow cell(String group, String recipe, String axes) {
        return new CellRow(group + "_s0", group, recipe, axes, 0, "");
    }

    private static List<String> tested(Selection selection) {
        return selection.tested().stream().map(t -> t.group() + " " + t.role()).toList();
    }

    /** Each against its own kind; labels are a reference, however good it is. */
    @Test
    void choosesWithinAMethodAndABackbone() {
        Map<String, Training> trainings = new LinkedHashMap<>();
        List<CellRow> cells = new ArrayList<>();
        for (String backbone : List.of("mobilenet_v2", "resnet18")) {
            for (String method : List.of("supervised", "moco", "dino")) {
                for (String variant : method.equals("supervised") ? List.of("") : List.of("-baseline", "-ours")) {
                    String group = method + "-" + backbone + variant;
                    trainings.put(group, new Training(method, backbone, 1));
                    cells.add(cell(group, group + ".yml", ""));
                }
            }
        }
        Selector selector = new Selector(cells, cell -> {
            Training training = trainings.remove(cell.group());
            assertNotNull(training, "each recipe is looked at once");
            return training;
        });
        add(selector, "supervised-mobilenet_v2_s0", .9);
        add(selector, "dino-mobilenet_v2-ours_s0", .6);
        add(selector, "dino-mobilenet_v2-baseline_s0", .5);
        add(selector, "moco-mobilenet_v2-ours_s0", .3);
        add(selector, "moco-mobilenet_v2-baseline_s0", .4);
        add(selector, "dino-resnet18-ours_s0", .8);
        add(selector, "supervised-resnet18_s0", .9);
        Selection selection = selector.select(null);
        assertEquals(
                List.of(
                        "moco-mobilenet_v2-baseline chosen",
                        "dino-mobilenet_v2-ours chosen",
                        "dino-mobilenet_v2-baseline baseline",
                        "dino-resnet18-ours chosen"),
                tested(selection));
        assertEquals(
                List.of(
                        "moco mobilenet_v2 1 moco-mobilenet_v2-baseline",
                        "moco mobilenet_v2 2 moco-mobilenet_v2-ours",
                        "dino mobilenet_v2 1 dino-mobilenet_v2-ours",
                        "dino mobilenet_v2 2 dino-mobilenet_v2-baseline",
                        "dino resnet18 1 dino-resnet18-ours"),
                RankRow.of(selection).stream()
                        .map(row -> row.method() + " " + row.backbone() + " " + row.rank() + " " + row.group())
                        .toList());
        assertEquals(
                List.of("moco-resnet18-baseline_s0", "moco-resnet18-ours_s0", "dino-resnet18-baseline_s0"),
                selection.gaps().stream().map(Selection.Gap::cell).toList());
        assertEquals(
                List.of(10L, 2L, 5L, 5L),
                List.of("cells", "references", "candidates", "scored").stream()
                        .map(selection.counts()::get)
                        .toList());
    }

    @Test
    void labelsAloneAreNoChoice() {
        Selector selector = new Selector(sweep("a"), cell -> new Training("supervised", "resnet18", 1));
        add(selector, "a_s0", .9);
        assertEquals(List.of(), selector.select(null).tested());
        assertEquals(ExitCode.BAD_DATA, refused(() -> selector.select(LINEAR)).exitCode());
    }

    /** The group of that name; else that of a recipe of that name, at the same point of the axes. */
    @Test
    void theBaselineIsTheOneLikeTheChosen() {
        List<CellRow> cells = new ArrayList<>();
        for (String at : List.of("epochs=8;side=27", "epochs=16;side=27")) {
            cells.add(cell("b-" + at, "net-baseline.yml", at));
            cells.add(cell("o-" + at, "net-ours.yml", at));
        }
        assertEquals(List.of("o-epochs=16;side=27 chosen", "b-epochs=16;side=27 baseline"), best(cells, 3));
        assertEquals(List.of("o-epochs=8;side=27 chosen", "b-epochs=8;side=27 baseline"), best(cells, 1));
        assertEquals(List.of("b-epochs=16;side=27 chosen"), best(cells, 2));
        cells.add(cell("baseline", "plain.yml", "epochs=8;side=27"));
        assertEquals(List.of("o-epochs=16;side=27 chosen", "baseline baseline"), best(cells, 3));
        assertEquals(List.of("b chosen"), best(List.of(cell("a", "a.yml", ""), cell("b", "b.yml", "")), 1));
    }

    /** What is tested if this one has the best score. */
    private static List<String> best(List<CellRow> cells, int best) {
        Selector selector = new Selector(cells, cell -> training(1));
        for (int i = 0; i < cells.size(); i++) {
            add(selector, cells.get(i).cell(), i == best ? .9 : .1);
        }
        return tested(selector.select(null));
    }

    /** Of one method and backbone it is that of versions that knew no others: the test split stays open to it. */
    @Test
    void theChecksumOfAChoiceIsAsItWas() {
        Selector selector = new Selector(sweep("a", "baseline"), cell -> training(10));
        add(selector, "a_s0", .75);
        add(selector, "baseline_s0", .5);
        assertEquals(
                "f9a0e758b9f440478c99318f936b1b3f5307afb4d70684e2df63b7eff93053ac",
                selector.select(null).choiceSha256());
    }

    @Test
    void equalMeansGoToTheShorterTrainingThenToTheName() {
        Selector selector =
                new Selector(sweep("c", "b", "a"), cell -> training(cell.group().equals("c") ? 5 : 10));
        for (String group : List.of("c", "b", "a")) {
            add(selector, group + "_s0", .5);
        }
        assertEquals(
                List.of("c", "a", "b"),
                only(selector.select(null)).candidates().stream()
                        .map(Selection.Candidate::group)
                        .toList());
    }

    @Test
    void whatIsMissingIsNamed() {
        Selector selector = new Selector(sweep("a", "b"), cell -> training(1));
        add(selector, "a_s0", .5);
        selector.add(FILE, probe("b_s0", Outcome.DIVERGED, "probe", Map.of()));
        selector.add(FILE, probe("b_s1", Outcome.OK, "probe", Map.of(KNN, .9)));
        Selection selection = selector.select(null);
        assertEquals("a", only(selection).chosen());
        assertEquals(
                List.of("a_s1: no probe result", "b_s0: probe message", "b_s1: no " + LINEAR),
                selection.gaps().stream().map(g -> g.cell() + ": " + g.reason()).toList());
        assertEquals(Map.of("mean", .5), only(selection).candidates().get(0).values());
        assertEquals(1L, selection.counts().get("scored"));
    }

    @Test
    void withoutALinearProbeNeighboursCount() {
        Selector selector = new Selector(sweep("a"), cell -> training(1));
        selector.add(FILE, probe("a_s0", Outcome.OK, "probe", Map.of(KNN, .9)));
        assertEquals(KNN, selector.select(null).by());
        StageFailure failure = refused(() -> selector.select(LINEAR));
        assertEquals(ExitCode.BAD_DATA, failure.exitCode());
        Selector diverged = new Selector(sweep("a"), cell -> training(1));
        diverged.add(FILE, probe("a_s0", Outcome.DIVERGED, "probe", Map.of()));
        assertEquals(List.of(), diverged.select(null).choices());
    }

    @Test
    void seesHeldOutScoresOfOneProbeAlone() {
        Selector selector = new Selector(sweep("a"), cell -> training(1));
        add(selector, "a_s0", .5);
        for (Metrics metrics : List.of(
                probe("a_s1", Outcome.OK, "probe", Map.of(LINEAR, .5, "test.linear.top1", .5)),
                probe("a_s1", Outcome.OK, "another", Map.of(LINEAR, .5)),
                probe("a_s0", Outcome.OK, "probe", Map.of(LINEAR, .5)),
                probe("x_s0", Outcome.OK, "probe", Map.of(LINEAR, .5)))) {
            assertEquals(
                    ExitCode.BAD_DATA,
                    refused(() -> selector.add(FILE, metrics)).exitCode());
        }
        for (String by : List.of(
                "test.linear.top1",
                "untrained.knn.top1",
                "heldout.linear.top1.standard-error",
                "heldout.linear.top1.best-epoch",
                "heldout.linear.best-epoch",
                "heldout.liner.top1")) {
            assertEquals(ExitCode.USAGE, refused(() -> selector.select(by)).exitCode());
        }
        for (String by : List.of("heldout.linear.top5", "heldout.knn-k20.top1", "heldout.fast.top1")) {
            assertEquals(ExitCode.BAD_DATA, refused(() -> selector.select(by)).exitCode());
        }
    }

    @Test
    void theSameNumberOfOtherImagesIsRefused() {
        Selector selector = new Selector(sweep("a"), cell -> training(1));
        selector.add(FILE, on("a_s0", "one", 128));
        assertTrue(String.valueOf(refused(() -> selector.add(FILE, on("a_s1", "two", 128)))
                        .getMessage())
                .contains(": manifest of the held-out images: found two: must be that of cell a_s0, one: "));
        refused(() -> selector.add(FILE, on("a_s1", "one", 0)));
        selector.add(FILE, on("a_s1", "one", 128));
        assertEquals(128, selector.select(null).counts().get("images.short-side"));
    }

    /** A probe that does not say what it scored stands for its recipe alone, wherever its name comes in the order. */
    @Test
    void scoresAreHeldToTheFirstThatTellsItsImages() {
        for (String[] order : new String[][] {{"a_s0", "a_s1", "b_s0", "b_s1"}, {"b_s1", "b_s0", "a_s1", "a_s0"}}) {
            Selector selector = new Selector(sweep("a", "b"), cell -> training(1));
            selector.add(FILE, on(order[0], "", 128));
            selector.add(FILE, on(order[1], "one", 128));
            selector.add(FILE, on(order[2], "", 128));
            assertEquals(
                    "metrics.json: manifest of the held-out images: found two: must be that of cell " + order[1]
                            + ", one: all cells must be scored by one probe on the same images",
                    refused(() -> selector.add(FILE, on(order[3], "two", 128))).getMessage());
            assertEquals(
                    "metrics.json: short side of the images: found 64: must be that of cell "
                            + (order[0].equals("a_s0") ? "a_s0" : "a_s1")
                            + ", 128: all cells must be scored by one probe on the same images",
                    refused(() -> selector.add(FILE, on(order[3], "one", 64))).getMessage());
            selector.add(FILE, on(order[3], "one", 128));
        }
    }

    private static Metrics on(String cell, String images, long shortSide) {
        Metrics m = probe(cell, Outcome.OK, "probe", Map.of(LINEAR, .5));
        Map<String, Long> counts = Map.of("heldout.images", 50L, "images.short-side", shortSide);
        return new Metrics(
                m.schema(),
                m.stage(),
                cell,
                m.outcome(),
                "",
                m.values(),
                counts,
                Map.of("eval.manifest-sha256", images),
                m.provenance());
    }

    /** .1 + .2 + .3 and .3 + .2 + .1 are two numbers. */
    @Test
    void equalScoresOfOtherSeedsAreEqual() {
        List<CellRow> cells = new ArrayList<>();
        for (long seed = 0; seed < 3; seed++) {
            cells.add(cell("a", seed));
            cells.add(cell("b", seed));
        }
        for (boolean swapped : new boolean[] {false, true}) {
            Selector selector = new Selector(cells, cell -> training(1));
            for (int seed = 0; seed < 3; seed++) {
                add(selector, (swapped ? "b_s" : "a_s") + seed, .1 * (seed + 1));
                add(selector, (swapped ? "a_s" : "b_s") + seed, .1 * (3 - seed));
            }
            assertEquals("a", only(selector.select(null)).chosen());
        }
    }

    private Path selection() {
        Selector selector = new Selector(sweep("a", "b"), cell -> training(1));
        add(selector, "a_s0", .5);
        add(selector, "b_s0", .6);
        Path file = dir.resolve("selection.json");
        selector.select(null).write(file);
        return file;
    }

    @Test
    void aPermitIsForTheSelectedNetworkAndProbe() {
        Path file = selection();
        assertEquals(
                "b", TestPermit.of(file, "b_s0", "net-b_s0", "probe").tested().group());
        assertTrue(String.valueOf(refused(() -> TestPermit.of(file, "a_s0", "net-a_s0", "probe"))
                        .getMessage())
                .contains("must be one of [b_s0]"));
        assertEquals(
                ExitCode.BAD_DATA,
                refused(() -> TestPermit.of(file, "b_s0", "net-a_s0", "probe")).exitCode());
        assertEquals(
                ExitCode.BAD_RECIPE,
                refused(() -> TestPermit.of(file, "b_s0", "net-b_s0", "another"))
                        .exitCode());
        assertEquals(
                ExitCode.NO_INPUT,
                refused(() -> TestPermit.of(dir.resolve("none.json"), "b_s0", "net-b_s0", "probe"))
                        .exitCode());
    }

    @Test
    void theSplitIsOpenedForOneSelectionInAFolder() throws Exception {
        Path file = selection();
        TestPermit permit = TestPermit.of(file, "b_s0", "net-b_s0", "probe");
        TestLedger.open(dir, permit);
        String first = Files.readString(dir.resolve("test-opened.json"));
        TestLedger.open(dir, permit);
        assertEquals(first, Files.readString(dir.resolve("test-opened.json")));
        // Another version of the code that chooses the same has made the same choice.
        String text = Files.readString(file);
        Files.writeString(file, text.replaceFirst("\"code\": \"[^\"]*", "\"code\": \"another"));
        TestLedger.open(dir, TestPermit.of(file, "b_s0", "net-b_s0", "probe"));
        Files.writeString(file, text.replace("\"net-b_s0\"", "\"net-x\""));
        assertTrue(String.valueOf(refused(() -> TestPermit.of(file, "b_s0", "net-x", "probe"))
                        .getMessage())
                .contains("the checksum of by, candidates and tested"));
        Selector other = new Selector(sweep("a", "b"), cell -> training(1));
        add(other, "b_s0", .7);
        other.select(null).write(file);
        TestPermit second = TestPermit.of(file, "b_s0", "net-b_s0", "probe");
        assertEquals(
                ExitCode.BAD_DATA, refused(() -> TestLedger.open(dir, second)).exitCode());
        TestLedger.open(Files.createDirectory(dir.resolve("elsewhere")), second);
    }
}
