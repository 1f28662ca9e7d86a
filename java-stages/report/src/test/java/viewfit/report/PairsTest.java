package viewfit.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.report.Pairs.Pair;
import viewfit.report.results.ResultReader;
import viewfit.report.results.Results;

class PairsTest {
    @TempDir
    Path folder;

    @Test
    void fewAreAllTested() {
        FakeSweep sweep = new FakeSweep(folder);
        Results results = ResultReader.read(sweep.write(), List.of(sweep.inputs()));
        assertEquals(
                List.of(
                        new Pair(FakeSweep.OURS, FakeSweep.BASELINE),
                        new Pair(FakeSweep.HOT, FakeSweep.BASELINE),
                        new Pair(FakeSweep.HOT, FakeSweep.OURS)),
                Pairs.of(results));
        assertEquals("", Pairs.rule(results));
    }

    /** Rows with their baseline, points with the default of their figure. */
    @Test
    void ofManyThoseAreTestedThatThePageSetsSideBySide() {
        Results results = GridResults.file("imagenette128-finding.yml", folder);
        assertEquals(8, results.variants().size());
        assertEquals(
                List.of(
                        new Pair(ours("0.4", 27), "imagenette128-baseline"),
                        new Pair(ours("0.4", 36), "imagenette128-baseline"),
                        new Pair(ours("0.1", 36), ours("0.2", 36)),
                        new Pair(ours("0.4", 36), ours("0.2", 36)),
                        new Pair(ours("0.7", 36), ours("0.2", 36)),
                        new Pair(ours("0.4", 32), ours("0.4", 27)),
                        new Pair(ours("0.4", 36), ours("0.4", 27)),
                        new Pair(ours("0.4", 44), ours("0.4", 27))),
                Pairs.of(results));
        assertTrue(Pairs.rule(results).startsWith("Of 8 recipes those are compared that"), Pairs.rule(results));
    }

    private static String ours(String alpha, int size) {
        return "imagenette128-ours, method.alpha " + alpha + ", views.groups.2.size " + size;
    }

    @Test
    void eachLineHasADefaultOfItsOwn() {
        Results results =
                ResultReader.read(null, List.of(new FakeGrid(folder).write().inputs()));
        List<Pair> expected = new ArrayList<>();
        for (String scale : FakeGrid.SCALES) {
            for (int size : FakeGrid.SIZES) {
                if (size != 96) {
                    expected.add(new Pair(variant(size, scale), variant(96, scale)));
                }
            }
        }
        assertEquals(expected, Pairs.of(results).subList(0, expected.size()));
    }

    private static String variant(int size, String scale) {
        return "ours, views.groups.2.size " + size + ", views.groups.2.scale.high " + scale;
    }

    /** No method is measured by another one's, nor by training with labels. */
    @Test
    void aMethodIsTestedAgainstItsOwnBaseline() {
        Results results = GridResults.file("papers/table2.yml", folder);
        List<Pair> pairs = Pairs.of(results);
        assertTrue(pairs.contains(new Pair("dino-mobilenetv2-ours", "dino-mobilenetv2-baseline")), pairs.toString());
        for (Pair pair : pairs) {
            assertEquals(pair.against().split("-")[0], pair.recipe().split("-")[0], pair.toString());
        }
    }

    @Test
    void withoutFiguresAndTablesEachIsTestedAgainstTheBaseline() throws IOException {
        Path inputs = new FakeGrid(folder).write().inputs();
        Files.delete(inputs.resolve("grid/shows.json"));
        Results results = ResultReader.read(null, List.of(inputs));
        List<String> variants = results.variants();
        assertEquals(
                variants.subList(1, variants.size()).stream()
                        .map(variant -> new Pair(variant, variants.get(0)))
                        .toList(),
                Pairs.of(results));
        assertEquals("Each of 10 recipes is compared with " + variants.get(0) + " alone.", Pairs.rule(results));
    }
}
