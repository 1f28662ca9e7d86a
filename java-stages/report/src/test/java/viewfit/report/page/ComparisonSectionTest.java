package viewfit.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.data.Prediction;
import viewfit.core.metrics.McNemar;
import viewfit.report.FakeSweep;
import viewfit.report.results.ResultReader;
import viewfit.report.results.Results;

/** The tests between recipes against counts taken from the files of predictions themselves. */
class ComparisonSectionTest {
    @TempDir
    Path folder;

    private String html(FakeSweep sweep, Path cells) {
        Results results = ResultReader.read(cells, List.of(sweep.inputs()));
        return ComparisonSection.html(results, new Outputs(folder.resolve("out")));
    }

    private Path predictions(FakeSweep sweep, String recipe, long seed) {
        return sweep.inputs().resolve("probe/" + FakeSweep.cell(recipe, seed) + "/predictions.csv");
    }

    @Test
    void recipesOfTheSameSeedAreTestedOnTheSameImages() throws IOException {
        FakeSweep sweep = new FakeSweep(folder);
        String html = html(sweep, sweep.write());
        List<String> lines = Files.readAllLines(folder.resolve("out/tables/paired-tests.csv"));
        assertEquals(2 + 1 + 2, lines.size(), lines.toString());
        double[] p = new double[2];
        for (int seed = 0; seed < 2; seed++) {
            List<Prediction> base = Prediction.TABLE
                    .read(predictions(sweep, FakeSweep.BASELINE, seed))
                    .rows();
            List<Prediction> ours = Prediction.TABLE
                    .read(predictions(sweep, FakeSweep.OURS, seed))
                    .rows();
            int better = 0;
            int worse = 0;
            for (int i = 0; i < base.size(); i++) {
                boolean was = base.get(i).label() == base.get(i).predicted();
                boolean is = ours.get(i).label() == ours.get(i).predicted();
                better += is && !was ? 1 : 0;
                worse += was && !is ? 1 : 0;
            }
            assertTrue(better > 0 && worse > 0, "nothing to test");
            p[seed] = new McNemar(better, worse, 500).p();
            String row = lines.get(3 + seed);
            assertTrue(
                    row.startsWith("linear,dino-ours,dino-baseline," + seed + ",500," + better + "," + worse + ","),
                    row);
            assertTrue(row.contains("," + p[seed] + ","), row);
            assertTrue(html.contains(">" + better + "<") && html.contains(ComparisonSection.p(p[seed])), html);
        }
        double[] holm = McNemar.holm(p);
        assertTrue(lines.get(3).endsWith("," + holm[0]) && lines.get(4).endsWith("," + holm[1]), lines.toString());
    }

    /** Under their own name and with a Holm's correction of their own; the probe's tests stay as they are. */
    @Test
    void fineTuningsAreTestedAsProbesAre() throws IOException {
        FakeSweep sweep = new FakeSweep(folder);
        Path cells = sweep.write();
        html(sweep, cells);
        List<String> before = Files.readAllLines(folder.resolve("out/tables/paired-tests.csv"));
        for (String recipe : List.of(FakeSweep.BASELINE, FakeSweep.OURS)) {
            var content = Prediction.TABLE.read(predictions(sweep, recipe, 1));
            Prediction.TABLE.write(
                    sweep.inputs().resolve("finetune/" + FakeSweep.cell(recipe, 0) + ".1pct/predictions.csv"),
                    Map.of(
                            "fraction",
                            "1pct",
                            "provenance",
                            String.valueOf(content.header().get("provenance"))),
                    content.rows());
        }
        String html = html(sweep, cells);
        List<String> after = Files.readAllLines(folder.resolve("out/tables/paired-tests.csv"));
        assertEquals(before, after.subList(0, before.size()));
        assertEquals(before.size() + 1, after.size());
        String row = after.get(before.size());
        assertTrue(row.startsWith("finetune 1pct,dino-ours,dino-baseline,0,500,"), row);
        assertTrue(html.contains("<td>fine-tuning, 1\u00A0% of labels</td>"), html);
    }

    @Test
    void neighboursAreTestedAsProbesAre() throws IOException {
        FakeSweep sweep = new FakeSweep(folder);
        Path cells = sweep.write();
        for (String recipe : List.of(FakeSweep.BASELINE, FakeSweep.OURS)) {
            Path file = predictions(sweep, recipe, 0);
            var content = Prediction.TABLE.read(file);
            Map<String, String> header = new TreeMap<>(content.header());
            header.put("protocol", Prediction.KNN + ", k 20");
            Prediction.TABLE.write(file.resolveSibling("predictions-knn.csv"), header, content.rows());
        }
        String html = html(sweep, cells);
        List<String> lines = Files.readAllLines(folder.resolve("out/tables/paired-tests.csv"));
        assertEquals(2 + 1 + 2 + 1, lines.size(), lines.toString());
        String row = lines.get(lines.size() - 1);
        assertTrue(row.startsWith("knn,dino-ours,dino-baseline,0,500,"), row);
        assertTrue(html.contains("<td>k-NN</td>"), html);
    }

    /** sqrt(.611 x .389 / 500) is 2.2 points. */
    @Test
    void everyAccuracyHasItsStandardError() {
        FakeSweep sweep = new FakeSweep(folder);
        String html = html(sweep, sweep.write());
        assertTrue(html.contains("61.1\u00A0\u00B1\u00A02.2"), html);
    }

    @Test
    void otherImagesOrAnotherProbeAreNotCompared() {
        FakeSweep sweep = new FakeSweep(folder);
        Path cells = sweep.write();
        Path file = predictions(sweep, FakeSweep.OURS, 0);
        var content = Prediction.TABLE.read(file);
        Prediction.TABLE.write(file, Map.of(), content.rows());
        Path other = predictions(sweep, FakeSweep.OURS, 1);
        Prediction.TABLE.write(
                other, content.header(), Prediction.TABLE.read(other).rows().subList(1, 500));
        String html = html(sweep, cells);
        assertTrue(html.contains("not compared: dino-ours-s0 and dino-baseline-s0; dino-ours-s1 and"), html);
        assertFalse(Files.exists(folder.resolve("out/tables/paired-tests.csv")));
    }

    @Test
    void smallProbabilitiesKeepTheirSize() {
        assertEquals("0.070", ComparisonSection.p(.0703125));
        assertEquals("4.4e-06", ComparisonSection.p(4.434e-6));
        assertEquals("0", ComparisonSection.p(0));
    }
}
