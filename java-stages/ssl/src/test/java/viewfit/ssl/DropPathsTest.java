package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import viewfit.engine.Scope;
import viewfit.engine.TorchRuntime;

class DropPathsTest {
    /** Factors are 0 or 1 / keep, right on average, the same for the same step whatever is drawn before. */
    @Test
    void dropPathIsAddressed() {
        List<Double> rates = List.of(0.1, 0.5);
        try (TorchRuntime runtime = TorchRuntime.open("cpu", 1);
                Scope scope = runtime.scope()) {
            DropPaths paths = new DropPaths(runtime, rates, 3);
            StepBatch batch = new StepBatch(
                    List.of(runtime.zeros(scope, 2000, 1), runtime.zeros(scope, 1000, 1)),
                    Collections.nCopies(1000, -1));
            List<float[]> one =
                    paths.draw(scope, batch, 5).stream().map(runtime::floats).toList();
            List<float[]> other =
                    paths.draw(scope, batch, 6).stream().map(runtime::floats).toList();
            List<float[]> again = new DropPaths(runtime, rates, 3)
                    .draw(scope, batch, 5).stream().map(runtime::floats).toList();
            for (int pass = 0; pass < 2; pass++) {
                assertArrayEquals(one.get(pass), again.get(pass));
                assertFalse(Arrays.equals(one.get(pass), other.get(pass)));
                int rows = one.get(pass).length / 2;
                for (int b = 0; b < 2; b++) {
                    double keep = 1 - rates.get(b);
                    double sum = 0;
                    for (float f : Arrays.copyOfRange(one.get(pass), b * rows, (b + 1) * rows)) {
                        assertTrue(f == 0 || f == (float) (1 / keep), "factor " + f);
                        sum += f;
                    }
                    // Mean 1, variance (1 - keep) / keep per sample: four standard errors.
                    assertEquals(1, sum / rows, 4 * Math.sqrt((1 - keep) / keep / rows));
                }
            }
            assertFalse(
                    Arrays.equals(Arrays.copyOf(one.get(0), 1000), Arrays.copyOfRange(one.get(0), 1000, 2000)),
                    "views of one image drop independently");
        }
    }

    /** Images of a part drop what they drop in the whole batch. */
    @Test
    void partsDropWhatTheWholeDoes() {
        try (TorchRuntime runtime = TorchRuntime.open("cpu", 1);
                Scope scope = runtime.scope()) {
            DropPaths paths = new DropPaths(runtime, List.of(0.5), 3);
            StepBatch whole = new StepBatch(List.of(runtime.zeros(scope, 16, 1)), Collections.nCopies(8, -1));
            StepBatch last = new StepBatch(List.of(runtime.zeros(scope, 4, 1)), Collections.nCopies(2, -1), 6);
            float[] all = runtime.floats(paths.draw(scope, whole, 5).get(0));
            assertArrayEquals(
                    new float[] {all[6], all[7], all[14], all[15]},
                    runtime.floats(paths.draw(scope, last, 5).get(0)));
        }
    }
}
