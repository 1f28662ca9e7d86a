package viewfit.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.report.chart.LineFigure;
import viewfit.report.results.ResultReader;
import viewfit.report.results.Results;

/** What is drawn of methods that do not all measure the same. */
class MethodCurvesTest {
    private static final List<String> DINO =
            List.of("dino-baseline-s0", "dino-baseline-s1", "dino-ours-s0", "dino-ours-s1", "dino-hot-s0");

    @TempDir
    static Path folder;

    private static Results results;
    private static Results dino;

    @BeforeAll
    static void read() {
        FakeSweep sweep = FakeSweep.ofAllMethods(folder.resolve("all"));
        results = ResultReader.read(sweep.write(), List.of(sweep.inputs()));
        FakeSweep plain = new FakeSweep(folder.resolve("dino"));
        dino = ResultReader.read(plain.write(), List.of(plain.inputs()));
    }

    private static LineFigure figure(String id) {
        return Curves.figures(results).stream()
                .filter(f -> f.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> cells(String id) {
        return figure(id).lines().stream().map(LineFigure.Line::cell).toList();
    }

    @Test
    void aFigureHasTheCellsThatMeasureItAndNamesTheOthers() {
        Map<String, List<String>> unmeasured = new TreeMap<>();
        Curves.figures(results).forEach(f -> unmeasured.put(f.id(), Curves.unmeasured(results, f)));
        List<String> all = List.of();
        assertEquals(
                new TreeMap<>(Map.ofEntries(
                        Map.entry("loss", all),
                        Map.entry("knn-by-epoch", all),
                        Map.entry("feature-std", all),
                        Map.entry("feature-cosine", all),
                        Map.entry("learning-rate", all),
                        Map.entry("throughput", all),
                        Map.entry("data-wait", all),
                        Map.entry("online-probe", List.of("dino", "moco", "supervised")),
                        Map.entry("train-top1", List.of("dino", "swav")),
                        Map.entry("teacher-entropy", List.of("moco", "supervised")),
                        Map.entry("view-correlation", List.of("moco", "supervised", "swav")),
                        Map.entry("prototypes", List.of("dino", "moco", "supervised")),
                        Map.entry("prototypes-used", List.of("dino", "moco", "supervised")))),
                unmeasured);
        assertEquals(List.of("moco-s0", "supervised-s0"), cells("train-top1"));
        assertEquals(List.of("swav-s0"), cells("prototypes"));
        assertEquals(DINO, cells("view-correlation"));
        assertEquals(8, cells("loss").size());
    }

    @Test
    void noLineIsWithoutAFiniteNumber() {
        for (LineFigure figure : Curves.figures(results)) {
            for (LineFigure.Line line : figure.lines()) {
                assertTrue(
                        line.points().stream().anyMatch(p -> Double.isFinite(p.y())), figure.id() + " " + line.cell());
            }
        }
    }

    @Test
    void whatNobodyMeasuresIsLeftOutAndNamed() {
        assertEquals(List.of(), Curves.leftOut(results));
        assertEquals(
                List.of(
                        "Online linear probe",
                        "Own task",
                        "Prototypes in use",
                        "Prototypes that are some image\u2019s nearest"),
                Curves.leftOut(dino));
        Results nothing =
                new Results(folder, List.of(), null, Map.of(), List.of(), null, List.of(), List.of(), Map.of());
        assertEquals(List.of(), Curves.leftOut(nothing), "without a run nothing is missing");
    }

    /** K is what the method tells apart, and a line belongs to the cells of its figure. */
    @Test
    void chanceIsThatOfTheMethodsDrawn() {
        assertEquals(
                List.of("ln K = 6.93", "ln K = 8.32", "ln K = 2.30", "ln K = 5.70"),
                figure("loss").references().stream()
                        .map(LineFigure.Reference::label)
                        .toList());
        assertEquals(
                List.of("ln K = 6.93", "ln K = 5.70"),
                figure("teacher-entropy").references().stream()
                        .map(LineFigure.Reference::label)
                        .toList());
        assertEquals(
                List.of("1/\u221Ad = 0.0280", "1/\u221Ad = 0.0722", "1/\u221Ad = 0.0442"),
                figure("feature-std").references().stream()
                        .map(LineFigure.Reference::label)
                        .toList());
    }

    /** One floor over several backbones would be nobody's. */
    @Test
    void theFloorIsThatOfOneBackbone() {
        assertEquals(List.of(), figure("knn-by-epoch").references());
        LineFigure one = Curves.figures(dino).get(1);
        assertEquals("untrained 25.6 %", one.references().get(0).label());
        assertEquals(1, figure("prototypes-used").lines().get(0).points().get(0).x(), "epoch 0 has nothing to count");
    }

    @Test
    void aMethodWithAndWithoutAnOnlineProbeIsNamedByItsCells() {
        LineFigure loss = figure("loss");
        LineFigure some = new LineFigure(
                loss.id(),
                loss.title(),
                loss.xLabel(),
                loss.yLabel(),
                loss.yScale(),
                loss.variants(),
                loss.seeds(),
                loss.lines().subList(1, loss.lines().size()),
                List.of());
        assertEquals(List.of("dino-baseline-s0"), Curves.unmeasured(results, some));
    }
}
