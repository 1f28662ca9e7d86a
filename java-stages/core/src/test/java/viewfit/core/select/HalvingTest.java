package viewfit.core.select;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.grid.CellRow;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.MonitorRow;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;

class HalvingTest {
    private static final List<String> GROUPS = List.of("a", "b", "c", "d", "e");

    private long heldout = 8;
    private static final Training TRAINING = new Training("dino", "mobilenet_v2", 10);

    private final Map<String, Training> trainings = new HashMap<>();
    private final Halving halving = new Halving(sweep(), this::training);

    private static List<CellRow> sweep() {
        List<CellRow> cells = new ArrayList<>();
        for (String group : GROUPS) {
            for (long seed = 0; seed < 2; seed++) {
                cells.add(new CellRow(group + "_s" + seed, group, group + ".yml", "", seed, ""));
            }
        }
        return cells;
    }

    private Training training(CellRow cell) {
        return trainings.getOrDefault(cell.group(), TRAINING);
    }

    private Metrics metrics(String stage, String cell, Outcome outcome, long epochs) {
        return new Metrics(
                Metrics.SCHEMA,
                stage,
                cell,
                outcome,
                "how it went",
                Map.of(),
                Map.of("epochs", epochs, Halving.HELD_OUT, heldout),
                new Provenance("", "", "", "", "", "", 0));
    }

    private void add(String cell, Outcome outcome, long epochs, double... scores) {
        List<MonitorRow> rows = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            rows.add(new MonitorRow(i, 10L * i, scores[i], .99, 0, 0, 0, 0));
        }
        halving.add(Path.of("runs", cell), metrics("pretrain", cell, outcome, epochs), rows);
    }

    /** Untrained, after one epoch, after two: the last counts. */
    private void paused(String cell, double score) {
        add(cell, Outcome.PAUSED, 2, .9, .8, score);
    }

    private List<String> words(double keep) {
        return halving.decide(keep).stream()
                .map(row -> row.rank() + " " + row.group() + " " + (row.goesOn() ? "goes on" : "stops") + " " + row.n())
                .toList();
    }

    @Test
    void theBetterHalfGoesOn() {
        paused("a_s0", .1);
        paused("a_s1", .2);
        paused("b_s0", .5);
        paused("b_s1", .1);
        paused("c_s0", .31);
        paused("c_s1", .31);
        assertEquals(List.of("1 c goes on 2", "2 b goes on 2", "3 a stops 2"), words(.5));
        HalvingRow first = halving.decide(.5).get(0);
        assertEquals(2, first.epoch());
        assertEquals(.31, first.mean(), 1e-15);
        assertEquals("c_s0 c_s1", first.cells());
    }

    /** A run that diverged has no say in its group's mean, and never goes on. */
    @Test
    void divergedRunsCountForNothing() {
        paused("a_s0", .4);
        add("a_s1", Outcome.DIVERGED, 1, .9, .9);
        paused("b_s0", .3);
        add("c_s0", Outcome.DIVERGED, 0, .99);
        assertEquals(List.of("1 a goes on 1", "2 b goes on 1", "3 c stops 0"), words(1));
        assertTrue(halving.mayGoOn("a_s0"));
        assertFalse(halving.mayGoOn("a_s1"));
    }

    /** Whichever comes first in the sweep, not in the order of the folders. */
    @Test
    void equalGroupsRankAsInTheSweep() {
        paused("d_s0", .2);
        paused("d_s1", .3);
        paused("b_s1", .2);
        paused("b_s0", .3);
        paused("e_s0", .25);
        assertEquals(List.of("1 b goes on 2", "2 d stops 2", "3 e stops 1"), words(.1));
    }

    /** Another network has another level, and a longer run is not as far at the same epoch: neither takes a place from the others. */
    @Test
    void onlyWhatIsComparableCompetes() {
        trainings.put("b", new Training("dino", "resnet18", 10));
        trainings.put("d", new Training("dino", "mobilenet_v2", 20));
        for (String group : GROUPS) {
            paused(group + "_s0", .1 * (1 + GROUPS.indexOf(group)));
        }
        assertEquals(
                List.of("1 e goes on 1", "2 c goes on 1", "3 a stops 1", "1 b goes on 1", "1 d goes on 1"), words(.5));
        HalvingRow longer = halving.decide(.5).get(4);
        assertEquals("dino mobilenet_v2 20", longer.method() + " " + longer.backbone() + " " + longer.epochs());
    }

    /** What learns from labels is what the others are measured by, however many there are. */
    @Test
    void referencesAllGoOn() {
        Training labels = new Training("supervised", "mobilenet_v2", 10);
        trainings.put("a", labels);
        trainings.put("b", labels);
        paused("a_s0", .1);
        paused("b_s0", .9);
        add("b_s1", Outcome.DIVERGED, 1);
        paused("c_s0", .2);
        paused("d_s0", .3);
        assertEquals(List.of("1 b goes on 1", "2 a goes on 1", "1 d goes on 1", "2 c stops 1"), words(.5));
    }

    @Test
    void whereAllDivergedAllStop() {
        add("a_s0", Outcome.DIVERGED, 0);
        assertEquals(List.of("1 a stops 0"), words(1));
    }

    @ParameterizedTest
    @CsvSource({"30, .1, 3", "31, .1, 4", "5, .5, 3", "1, .01, 1", "7, 1, 7", "9, .3333333333, 3"})
    void partOfAGroupIsOne(int groups, double keep, int kept) {
        assertEquals(kept, Halving.kept(TRAINING, groups, keep));
    }

    @Test
    void whatDoesNotBelongIsRefused() {
        paused("a_s0", .1);
        StageFailure twice = assertThrows(StageFailure.class, () -> paused("a_s0", .1));
        assertEquals(ExitCode.BAD_DATA, twice.exitCode());
        assertTrue(String.valueOf(twice.getMessage()).contains("second run of cell a_s0"), twice.getMessage());
        refused("found stage pretrain, cell 'x_s0'", "x_s0", Outcome.PAUSED, 2, .1, .2, .3);
        refused("a run that has come to its end", "b_s0", Outcome.OK, 2, .1, .2, .3);
        heldout = 0;
        refused("found a run without held-out images", "b_s0", Outcome.PAUSED, 2, .1, .2, .3);
        heldout = 8;
        refused("found a run of 1 epochs, runs/a_s0 has 2", "b_s0", Outcome.PAUSED, 1, .1, .2);
        refused("found no k-NN of the monitor after epoch 2", "b_s0", Outcome.PAUSED, 2, .1, .2);
        refused("found no k-NN of the monitor after epoch 2", "b_s0", Outcome.PAUSED, 2, .1, .2, Double.NaN);
        StageFailure stage = assertThrows(
                StageFailure.class,
                () -> halving.add(Path.of("f"), metrics("probe", "b_s0", Outcome.PAUSED, 2), List.of()));
        assertTrue(String.valueOf(stage.getMessage()).startsWith("f: found stage probe"), stage.getMessage());
        assertEquals(
                "--runs: found no run: at least one is needed to decide",
                assertThrows(StageFailure.class, () -> new Halving(sweep(), this::training).decide(.5))
                        .getMessage());
    }

    private void refused(String words, String cell, Outcome outcome, long epochs, double... scores) {
        StageFailure e = assertThrows(StageFailure.class, () -> add(cell, outcome, epochs, scores));
        assertEquals(ExitCode.BAD_DATA, e.exitCode());
        assertTrue(String.valueOf(e.getMessage()).contains(words), e.getMessage());
    }
}
