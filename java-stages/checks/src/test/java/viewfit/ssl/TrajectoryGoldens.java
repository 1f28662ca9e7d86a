package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import viewfit.checks.GoldenCheck;
import viewfit.checks.GoldenTheme;
import viewfit.engine.TorchRuntime;
import viewfit.goldens.Expected;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.Goldens;

/**
 * Section 7: whole training runs of the reference, step by step, through the trainer that the stage uses, twice. In float64
 * every array holds its bounds and every loss is the reference's own float64 loss to the rounding of a float: the
 * mathematics is the same. In float32, the way the stage runs, every array holds its bounds but for this: a ReLU whose
 * input lies within rounding of 0 may fall on its other side, which moves gradients and what follows from them; such
 * arrays of norms and states, never an output or a loss, are accepted up to a relative L2 distance of 0.02
 * (golden/README.md, section 3).
 */
public final class TrajectoryGoldens implements GoldenTheme {
    private static final double KINK = 0.02;

    @Override
    public Map<String, GoldenCheck> checks() {
        return Map.of("trajectory", TrajectoryGoldens::trajectory);
    }

    private static void trajectory(GoldenCase golden) {
        try (TorchRuntime runtime = TorchRuntime.openDouble(1)) {
            assertEquals(List.of(), messages(TrajectoryRun.missed(runtime, golden, true)), "in float64");
        }
        try (TorchRuntime runtime = TorchRuntime.open(Goldens.device(), 1)) {
            Map<String, Expected.Deviation> missed = TrajectoryRun.missed(runtime, golden, false);
            missed.forEach((name, deviation) -> {
                boolean follows = name.endsWith("_norms") || name.equals("center") || name.equals("queue");
                if (!follows || deviation.relL2() >= KINK) {
                    throw new AssertionError(deviation.message());
                }
                System.out.println("accepted as a ReLU at its kink, right in float64: " + deviation.message());
            });
        }
    }

    private static List<String> messages(Map<String, Expected.Deviation> missed) {
        List<String> messages = new ArrayList<>();
        missed.values().forEach(deviation -> messages.add(deviation.message()));
        return messages;
    }
}
