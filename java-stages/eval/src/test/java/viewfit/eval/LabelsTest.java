package viewfit.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Manifest;
import viewfit.core.data.ManifestRow;
import viewfit.core.data.Prediction;

/** Manifests without labels, with too many classes, and predictions. */
class LabelsTest {
    private static Manifest manifest(int... labels) {
        List<ManifestRow> rows = new java.util.ArrayList<>();
        for (int i = 0; i < labels.length; i++) {
            rows.add(new ManifestRow("a/" + i + ".jpg", labels[i], 0, ""));
        }
        return new Manifest(rows, Map.of());
    }

    @Test
    void labelsAreReadInOrder() {
        assertArrayEquals(new int[] {2, 0, 1}, Labels.of(manifest(2, 0, 1), "train.csv", 3));
    }

    @Test
    void missingAndUnknownLabelsAreRefused() {
        assertRefused("train.csv: a/1.jpg: found no label", manifest(0, -1));
        assertRefused("train.csv: a/0.jpg: found label 3", manifest(3));
        assertRefused("train.csv: found no images", manifest());
    }

    private static void assertRefused(String start, Manifest manifest) {
        StageFailure failure = assertThrows(StageFailure.class, () -> Labels.of(manifest, "train.csv", 3));
        assertEquals(ExitCode.BAD_DATA, failure.exitCode());
        assertTrue(failure.getMessage().startsWith(start), failure.getMessage());
    }

    @Test
    void predictionsCarryTheSoftmaxOfTheLargestLogit() {
        List<Prediction> rows = Prediction.of(manifest(1, 0), new float[] {0, 2, 1, 500, 500, 400}, 3);
        double sum = 1 + Math.exp(2) + Math.exp(1);
        assertEquals(new Prediction("a/0.jpg", 1, 1, rows.get(0).p()), rows.get(0));
        assertEquals(Math.exp(2) / sum, rows.get(0).p(), 1e-12);
        assertEquals(0, rows.get(1).predicted());
        assertEquals(.5, rows.get(1).p(), 1e-12);
    }
}
