package viewfit.stages.grid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.cli.StageMain;

/** What halving asks of a sweep and saves of it, reckoned by hand: 20 epochs with a look of the monitor after each. */
class HalvingPlanTest {
    private static final Path RECIPES = Path.of(System.getProperty("viewfit.root"), "params/recipes");

    @TempDir
    private Path dir;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String axes, String linked, String set, String... options) throws IOException {
        Path grid = dir.resolve("grid.yml");
        Files.writeString(
                grid,
                "schema: grid/2\nrecipes: [imagenette128-ours.yml]\naxes: {" + axes + "}\nlinked: [" + linked
                        + "]\nseeds: [0, 1]\nset: {" + set + "}\nwhere: []\nshows: []\n");
        List<String> all = new ArrayList<>(List.of(
                "--out", dir.resolve("out").toString(), "--grid", grid.toString(), "--recipes", RECIPES.toString()));
        all.addAll(List.of(options));
        return StageMain.execute(
                new GridStage(), new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // 4 groups to epoch 5, 2 to 10, 1 to 20: 20 + 10 + 10 of 80 epochs.
                "method.alpha: [0.1, 0.2, 0.3, 0.4] | 5,10 | 0.5 | 4 groups of cells begin, and there go on 2 after epoch 5, 1 after epoch 10. | takes 50 % of",
                // 4 to epoch 4, 2 (rounded up from 1.2) to 20: 16 + 32 of 80.
                "method.alpha: [0.1, 0.2, 0.3, 0.4] | 4 | 0.3 | 2 after epoch 4. | takes 60 % of",
                // Lengths 20 and 40 do not compete, of each one of two goes on: 20 + 20 to begin with, then 10 + 30, of
                // 120.
                "method.alpha: [0.1, 0.2], epochs: [20, 40] | 10 | 0.5 | 4 groups of cells begin, and there go on 2 after epoch 10. | takes 67 % of",
            })
    void aPlanSaysWhatIsSaved(String axes, String at, String keep, String groups, String share) throws IOException {
        int code = run(axes, "", "", "--plan", "--image-count", "1000", "--halve-at", at, "--halve-keep", keep);
        assertEquals(0, code, err::toString);
        assertTrue(out.toString().contains(groups), out::toString);
        assertTrue(out.toString().contains(share), out::toString);
    }

    /**
     * Of 20 epochs with 13 local views and 20 with 2 one goes on: of an image's products at 64 and 36 pixels the first have {@code a}
     * and the others {@code b}; 5 (a + b) are done, then 15 a or 15 b, of 20 (a + b).
     */
    @Test
    void whichOfThemGoesOnCounts() throws IOException {
        String axes = "views.groups.2.count: [13, 2]";
        assertEquals(0, run(axes, "", "", "--plan", "--image-count", "1000", "--halve-at", "5"), err::toString);
        double[] perImage = out.toString()
                .lines()
                .filter(line -> line.startsWith("ours_") && line.contains("_s0"))
                .mapToDouble(line -> Double.parseDouble(line.strip().split("  +")[6]))
                .toArray();
        double a = perImage[0];
        double b = perImage[1];
        assertTrue(a > b, out::toString);
        long low = Math.round(100 * (5 * a + 20 * b) / (20 * (a + b)));
        long high = Math.round(100 * (20 * a + 5 * b) / (20 * (a + b)));
        assertTrue(out.toString().contains("takes " + low + " to " + high + " % of"), out::toString);
    }

    /**
     * At a speed that makes the whole sweep 80 hours, 8 cells of 20 epochs: 4 groups train to the first of the epochs, 2 to the
     * next, and then 1. Of the third choice that is 8 + 6 + 5 + 10 of 80.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "81 | 1 | the whole sweep 80 fits, --halve_at 10 60 fits, --halve_at 5,10 40 fits, --halve_at 2,5,10 29 fits",
                "41 | 1 | the whole sweep 80 too much, --halve_at 10 60 too much, --halve_at 5,10 40 fits, --halve_at 2,5,10 29 fits",
                "28.5 | 2 | the whole sweep 80 too much, --halve_at 10 60 too much, --halve_at 4,10 38 too much, --halve_at 2,4,10 28 fits",
                "41 | 4 | the whole sweep 80 too much, --halve_at 8 56 too much, --halve_at 4,8 36 fits",
                "81 | 0 | the whole sweep 80 fits",
                "20 | 1 | the whole sweep 80 too much, --halve_at 10 60 too much, --halve_at 5,10 40 too much, --halve_at 2,5,10 29 too much",
            })
    void aBudgetNamesTheEpochsThatFit(double budget, int every, String choices) throws IOException {
        String axes = "method.alpha: [0.1, 0.2, 0.3, 0.4]";
        String set = "monitor.knn-every-epochs: " + every;
        assertEquals(0, run(axes, "", set, "--plan", "--image-count", "1000"), err::toString);
        double flops = Double.parseDouble(out.toString()
                .lines()
                .filter(line -> line.startsWith("total "))
                .findFirst()
                .orElseThrow()
                .split(" +")[2]);
        String speed = Double.toString(flops / (80 * 3600));
        int code = run(
                axes, "", set, "--plan", "--image-count", "1000", "--flops-per-second", speed, "--budget", budget + "");
        assertEquals(0, code, err::toString);
        assertTrue(out.toString().contains("Within a budget of "), out::toString);
        List<String> found = new ArrayList<>();
        Matcher row = Pattern.compile("(?m)^(the whole sweep|--halve_at [0-9,]+) +([0-9.]+) +(fits|too much)$")
                .matcher(out.toString());
        while (row.find()) {
            found.add(row.group(1) + " " + Math.round(Double.parseDouble(row.group(2))) + " " + row.group(3));
        }
        assertEquals(choices, String.join(", ", found));
        assertEquals(budget == 20, out.toString().contains("None of these fits"), out::toString);
    }

    @Test
    void aBudgetNeedsHoursAndNoOtherChoice() throws IOException {
        assertEquals(0, run("", "", "", "--plan", "--image-count", "1000", "--budget", "5"), err::toString);
        assertTrue(out.toString().contains("No hours are known of all cells, so that nothing is known of a budget."));
        assertEquals(64, run("", "", "", "--check-only", "--budget", "5"));
        assertTrue(err.toString().contains("--budget: found without --plan: needs --plan"), err::toString);
        assertEquals(64, run("", "", "", "--plan", "--image-count", "1000", "--budget", "0"));
        assertTrue(err.toString().contains("--budget: found 0.0: must be above 0 hours"), err::toString);
        assertEquals(64, run("", "", "", "--plan", "--image-count", "1000", "--budget", "5", "--halve-at", "5"));
        assertTrue(
                err.toString().contains("--budget: found beside --halve-at: must be one or the other"), err::toString);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "epochs: 20 | 5,20 | 78 | _s0: epochs: found 20: must be more than 20, which --halve-at stops cells after",
                "monitor.knn-every-epochs: 2 | 4,5 | 78 | _s0: monitor.knn-every-epochs: found 2: must divide 5, which --halve-at ranks cells after",
                "monitor.knn-every-epochs: 0 | 4 | 78 | _s0: monitor.knn-every-epochs: found 0: must divide 4",
                "monitor.knn-images: 0 | 4 | 78 | _s0: monitor.knn-images: found 0: must be above 0",
                "epochs: 20 | 5,5 | 64 | --halve-at: found [5, 5]: must be epochs in ascending order",
                "epochs: 20 | 0 | 64 | --halve-at: found [0]: must be epochs in ascending order, from 1 on",
            })
    void whatCannotBeRankedIsOneLine(String set, String at, int code, String message) throws IOException {
        assertEquals(code, run("", "", set, "--check-only", "--halve-at", at), err::toString);
        assertTrue(err.toString().contains(message), err::toString);
        assertEquals(1, err.toString().lines().count(), err::toString);
    }

    @Test
    void aShareNeedsEpochs() throws IOException {
        assertEquals(64, run("", "", "", "--halve-keep", "0.5"));
        assertTrue(err.toString().contains("--halve-keep: found without epochs: needs --halve-at"), err::toString);
        assertEquals(64, run("", "", "", "--check-only", "--halve-at", "5", "--halve-keep", "0"));
    }
}
