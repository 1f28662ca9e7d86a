package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.recipe.DinoRecipe;
import viewfit.core.recipe.HeadRecipe;
import viewfit.core.recipe.MethodRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.engine.Network;
import viewfit.engine.Scope;
import viewfit.engine.TorchRuntime;

/**
 * Steps in parts, in float64: there the order of summation is worth 1e-15, so that what comes back, rounded to float, must
 * agree to the 6e-8 of that rounding. {@link #ROUNDING} is a few of them.
 */
class MicroBatchesTest {
    private static final double ROUNDING = 5e-7;
    private static final int BATCH = 8;
    private static final int CLASSES = 5;

    /** Measures of a step that are means over its images, or of the whole step anyway. */
    private static final Set<Measure> WHOLE = Set.of(
            Measure.LOSS,
            Measure.LOSS_GLOBAL,
            Measure.LOSS_LOCAL,
            Measure.TEACHER_ENTROPY,
            Measure.KL,
            Measure.GRADIENT_NORM,
            Measure.CENTER_NORM,
            Measure.TOP1,
            Measure.TEACHER_MOMENTUM,
            Measure.TEACHER_TEMP,
            Measure.PROBE_LOSS,
            Measure.PROBE_TOP1);

    private static TorchRuntime runtime;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.openDouble(1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    private static MethodRecipe withoutBatchNorm(String name) {
        if (!name.equals("dino")) {
            return TinyRecipes.method(name);
        }
        DinoRecipe d = DinoRecipes.dino(0.4, 24);
        return new DinoRecipe(
                "dino",
                d.alpha(),
                new HeadRecipe(3, 32, 16, 24, false, false),
                d.studentTemp(),
                d.teacherTemp(),
                d.centerMomentum(),
                d.teacherMomentum(),
                d.freezeLastLayerEpochs());
    }

    private static StepBatch batch(Scope scope, PretrainRecipe recipe, long step, int from, int to) {
        int[] ids = IntStream.range(from, to).toArray();
        return Pictures.batch(runtime, scope, recipe.views(), step, CLASSES, ids);
    }

    private static void assertNear(float[] expected, float[] actual, String what) {
        double largest = 0;
        for (float v : expected) {
            largest = Math.max(largest, Math.abs(v));
        }
        assertArrayEquals(expected, actual, (float) (ROUNDING * Math.max(largest, 1e-6)), what);
    }

    private static void assertNear(StepReport expected, StepReport actual) {
        assertEquals(expected.values().keySet(), actual.values().keySet());
        expected.values().forEach((measure, value) -> {
            if (WHOLE.contains(measure)) {
                assertEquals(value, actual.get(measure), ROUNDING * Math.max(1, Math.abs(value)), measure.name());
            }
        });
    }

    private static Map<String, float[]> state(Trainer trainer) {
        Map<String, float[]> all = new TreeMap<>();
        trainer.method().state().forEach((name, value) -> all.put(name, runtime.floats(value)));
        trainer.networks().forEach((name, network) -> network.state()
                .forEach(p -> all.put(name + "." + p.name(), network.read(p.name()))));
        return all;
    }

    private static void assertSameState(Trainer expected, Trainer actual) {
        Map<String, float[]> found = state(actual);
        state(expected).forEach((name, values) -> assertNear(values, found.getOrDefault(name, new float[0]), name));
    }

    private static void assertSameGradients(Trainer expected, Trainer actual) {
        for (String name : expected.method().student().trainableNames()) {
            assertNear(expected.gradients().read(name), actual.gradients().read(name), name);
        }
    }

    /**
     * Without batch norms parts change nothing: loss, gradients, centre or queue, all networks and the online probe, over
     * steps that drop branches.
     */
    @ParameterizedTest
    @CsvSource({"dino, 2", "dino, 4", "moco, 2", "moco, 4", "supervised, 2", "supervised, 4"})
    void partsChangeNothing(String method, int parts) {
        PretrainRecipe recipe = TinyRecipes.of(withoutBatchNorm(method), "vit_tiny", 2, BATCH, true);
        try (Trainer whole = Trainer.of(runtime, recipe, 2, CLASSES);
                Trainer cut = Trainer.of(runtime, TinyRecipes.inParts(recipe, parts), 2, CLASSES)) {
            for (int s = 0; s < 3; s++) {
                try (Scope scope = runtime.scope()) {
                    Clock clock = whole.clock(s);
                    StepBatch images = batch(scope, recipe, s, 0, BATCH);
                    assertNear(
                            whole.differentiate(scope, clock, images).report(),
                            cut.differentiate(scope, clock, images).report());
                    assertSameGradients(whole, cut);
                    whole.update(clock);
                    cut.update(clock);
                    assertSameState(whole, cut);
                }
            }
        }
    }

    /**
     * With batch norms, and for SwAV's codes, a part is a batch of its own: the gradients are the mean of those of two small
     * batches, and so is the loss; batch norms see one after the other.
     */
    @ParameterizedTest
    @CsvSource({"dino, resnet18", "swav, resnet18", "swav, vit_tiny", "moco, resnet18", "supervised, resnet18"})
    void partsAreBatchesOfTheirOwn(String method, String backbone) {
        MethodRecipe longQueue = method.equals("swav") ? TinyRecipes.swav(2 * BATCH) : TinyRecipes.method(method);
        PretrainRecipe recipe = TinyRecipes.of(longQueue, backbone, 2, BATCH, false);
        try (Trainer cut = Trainer.of(runtime, TinyRecipes.inParts(recipe, 2), 2, CLASSES);
                Trainer twin = Trainer.of(runtime, recipe, 2, CLASSES);
                Scope scope = runtime.scope()) {
            Clock clock = twin.clock(3);
            StepReport report = cut.differentiate(scope, clock, batch(scope, recipe, 3, 0, BATCH))
                    .report();
            twin.method().prepare();
            Map<String, double[]> mean = new TreeMap<>();
            double loss = 0;
            List<SslMethod.Outputs> done = new ArrayList<>();
            for (int part = 0; part < 2; part++) {
                StepBatch images = batch(scope, recipe, 3, 4 * part, 4 * part + 4);
                StepBatch placed = new StepBatch(images.passes(), images.labels(), 4 * part);
                SslMethod.Outputs out = twin.method().gradients(scope, placed, clock, twin.gradients());
                done.add(out);
                loss += runtime.floats(out.numbers())[0] / 2;
                for (String name : twin.method().student().trainableNames()) {
                    float[] g = twin.gradients().read(name);
                    double[] sum = mean.computeIfAbsent(name, n -> new double[g.length]);
                    Arrays.setAll(sum, i -> sum[i] + g[i] / 2.0);
                }
            }
            assertEquals(loss, report.loss(), ROUNDING * Math.max(1, loss));
            mean.forEach((name, expected) ->
                    assertNear(floats(expected), cut.gradients().read(name), name));
            for (Map.Entry<String, Network> network : twin.networks().entrySet()) {
                Network other = cut.method().network(network.getKey());
                for (String part : other.parts()) {
                    other.graph(part)
                            .buffers()
                            .forEach(b -> assertNear(
                                    network.getValue().read(part + "." + b.name()),
                                    other.read(part + "." + b.name()),
                                    b.name()));
                    assertEquals(network.getValue().passes(part), other.passes(part));
                }
            }
            moved(method, twin, done)
                    .forEach((name, expected) -> assertNear(
                            expected, runtime.floats(cut.method().state().get(name)), name));
        }
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    /** The state after step 3 of what two parts gave, element by element; the twin still holds the one before. */
    private static Map<String, float[]> moved(String method, Trainer twin, List<SslMethod.Outputs> parts) {
        Map<String, float[]> before = new TreeMap<>();
        twin.method().state().forEach((name, value) -> before.put(name, runtime.floats(value)));
        float[] center = before.getOrDefault("center", new float[0]);
        for (int k = 0; k < center.length; k++) {
            double sum = 0;
            for (SslMethod.Outputs part : parts) {
                float[] rows = tensor(part, "teacher_output");
                for (int r = 0; r < 2 * 4; r++) {
                    sum += rows[r * center.length + k];
                }
            }
            center[k] = (float) (0.9 * center[k] + 0.1 * sum / (2 * BATCH));
        }
        if (method.equals("moco")) {
            float[] queue = before.get("queue");
            for (int i = 0; i < BATCH; i++) {
                for (int d = 0; d < 16; d++) {
                    queue[d * 16 + 8 + i] = tensor(parts.get(i / 4), "keys")[i % 4 * 16 + d];
                }
            }
        }
        if (method.equals("swav")) {
            float[] queue = before.get("queue");
            for (int view = 0; view < 2; view++) {
                for (int i = 0; i < BATCH; i++) {
                    float[] rows = tensor(parts.get(i / 4), "embedding");
                    System.arraycopy(rows, (view * 4 + i % 4) * 16, queue, (view * 2 * BATCH + i) * 16, 16);
                }
            }
            // Usage counts once per assigned view and image.
            float[] usage = runtime.floats(parts.get(0).moving().get(1));
            float[] second = runtime.floats(parts.get(1).moving().get(1));
            double total = 0;
            for (int k = 0; k < usage.length; k++) {
                usage[k] += second[k];
                total += usage[k];
            }
            assertEquals(2 * BATCH, total);
            before.put("usage", usage);
        }
        return before;
    }

    private static float[] tensor(SslMethod.Outputs part, String name) {
        return runtime.floats(part.tensors().get(name));
    }

    @Test
    void unequalPartsAreRefused() {
        PretrainRecipe recipe = TinyRecipes.of("supervised", "resnet18", 1, BATCH, false);
        try (Trainer cut = Trainer.of(runtime, TinyRecipes.inParts(recipe, 2), 2, CLASSES);
                Scope scope = runtime.scope()) {
            StepBatch odd = batch(scope, recipe, 0, 0, 5);
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> cut.step(scope, 0, odd));
            assertEquals("5 images cannot be cut into 2 equal parts", e.getMessage());
        }
    }
}
