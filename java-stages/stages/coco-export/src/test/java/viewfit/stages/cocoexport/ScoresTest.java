package viewfit.stages.cocoexport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;
import viewfit.formats.ExportManifest;

/** Scores go to the network they were measured with, and to no other of the same file. */
class ScoresTest {
    private static final Provenance FROM = new Provenance("0.1.0+test", "", "", "cd".repeat(32), "", "", 0);

    @TempDir
    Path dir;

    private static ExportManifest facts(String network) {
        ExportManifest.Preprocessing input =
                ExportManifest.Preprocessing.of(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));
        return new ExportManifest(
                ExportManifest.SCHEMA, "resnet18", network, "dino", 1, 1, "", input, 1, Map.of(), List.of(), FROM);
    }

    private Path metrics(String name, double value, Outcome outcome, Map<String, String> facts) {
        Path file = dir.resolve(name);
        Map<String, Double> values = Map.of("heldout.finetune.top1", value);
        new Metrics(Metrics.SCHEMA, "finetune", "", outcome, "", values, Map.of(), facts, FROM).write(file);
        return file;
    }

    @ParameterizedTest
    @CsvSource({"student, student", "teacher, teacher", "imported, student"})
    void theSameNetworkIsTaken(String exported, String measured) {
        Path file = metrics("metrics.json", 0.5, Outcome.OK, Map.of("network", measured));
        assertEquals(Map.of("heldout.finetune.top1", 0.5), Scores.read(List.of(file), facts(exported)));
    }

    @ParameterizedTest
    @CsvSource({"student, teacher", "teacher, student", "imported, teacher"})
    void theOtherNetworkIsRefused(String exported, String measured) {
        Path file = metrics("metrics.json", 0.5, Outcome.OK, Map.of("network", measured));
        refused(file, exported, "found measured with the " + measured + ": expected the ");
    }

    @Test
    void aNetworkThatNobodyNamesIsRefused() {
        refused(
                metrics("metrics.json", 0.5, Outcome.OK, Map.of()),
                "teacher",
                "found no facts.network: expected teacher");
    }

    @Test
    void aRunThatDivergedIsRefused() {
        Path file = metrics("metrics.json", 0.5, Outcome.DIVERGED, Map.of("network", "student"));
        refused(file, "student", "found a run that diverged: expected");
    }

    private void refused(Path file, String exported, String message) {
        StageFailure failure = assertThrows(StageFailure.class, () -> Scores.read(List.of(file), facts(exported)));
        assertEquals(ExitCode.BAD_DATA, failure.exitCode());
        assertTrue(failure.getMessage().startsWith(file + ": " + message), failure.getMessage());
    }

    @Test
    void fineTuningsOnSeveralSubsetsHaveTheirNames() {
        Path one = metrics("1.json", 0.25, Outcome.OK, Map.of("network", "student", "fraction", "1pct"));
        Path ten = metrics("10.json", 0.5, Outcome.OK, Map.of("network", "student", "fraction", "10pct"));
        assertEquals(
                Map.of("1pct.heldout.finetune.top1", 0.25, "10pct.heldout.finetune.top1", 0.5),
                Scores.read(List.of(one, ten), facts("student")));
        StageFailure failure = assertThrows(StageFailure.class, () -> Scores.read(List.of(one, one), facts("student")));
        assertTrue(
                failure.getMessage().contains("found 1pct.heldout.finetune.top1 for the second time"),
                failure.getMessage());
    }
}
