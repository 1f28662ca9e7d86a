package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.engine.Gradients;
import viewfit.engine.Network;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.goldens.Expected;
import viewfit.goldens.Fill;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.GoldenTensor;
import viewfit.goldens.Kind;

/** One training run of the reference and what it has seen so far. */
final class TrajectoryRun {
    /** The only rule of labels that this check knows. */
    private static final String LABELS = "label of sample i at step t is (t*batch + i) mod num_classes";

    private static final String CLASSIFIER = "classifier.";

    /** Networks of the reference and what checkpoints call them. */
    private static final Map<String, String> NETWORKS = Map.of(
            "student",
            "student",
            "teacher",
            "teacher",
            "network",
            "student",
            "encoder_q",
            "student",
            "encoder_k",
            "teacher");

    private final TorchRuntime runtime;
    private final GoldenCase c;
    private final PretrainRecipe recipe;
    private final Trainer trainer;
    private final List<String> parameters;
    private final Map<String, float[]> initial = new HashMap<>();
    private final Map<String, float[]> scalars = new HashMap<>();
    private final Map<String, Expected.Deviation> missed = new LinkedHashMap<>();
    private final boolean exact;

    private TrajectoryRun(TorchRuntime runtime, GoldenCase c, PretrainRecipe recipe, Trainer trainer, boolean exact) {
        this.runtime = runtime;
        this.c = c;
        this.recipe = recipe;
        this.trainer = trainer;
        this.exact = exact;
        this.parameters = GoldenCase.strings(c.get("param_order"));
    }

    /**
     * Runs the case.
     *
     * @param exact whether the runtime computes in float64, so that the float64 values of the reference hold as well
     * @return the expected arrays that are out of their bounds
     */
    static Map<String, Expected.Deviation> missed(TorchRuntime runtime, GoldenCase c, boolean exact) {
        PretrainRecipe recipe = TrajectoryRecipes.of(c);
        int classes = c.hyper("num_classes").asInt(0);
        try (Trainer trainer =
                Trainer.of(runtime, recipe, c.hyper("steps_per_epoch").asInt(), classes)) {
            TrajectoryRun run = new TrajectoryRun(runtime, c, recipe, trainer, exact);
            run.fill();
            run.groups();
            run.parameters.forEach(p -> run.initial.put(p, run.read(p)));
            for (int t = 0; t < trainer.steps(); t++) {
                run.step(t);
            }
            run.finish();
            return run.missed;
        }
    }

    /** A tensor of the reference: its network here, and its full name there. */
    private record Place(Network network, String name) {}

    private Place place(String fullName) {
        if (fullName.startsWith(CLASSIFIER)) {
            String name = OnlineProbe.PART + ".fc." + fullName.substring(CLASSIFIER.length());
            return new Place(trainer.probe().network(), name);
        }
        int dot = fullName.indexOf('.');
        return new Place(
                trainer.method().network(NETWORKS.get(fullName.substring(0, dot))), fullName.substring(dot + 1));
    }

    private float[] read(String fullName) {
        Place place = place(fullName);
        return place.network().read(place.name());
    }

    private void fill() {
        for (GoldenTensor t : c.tensors()) {
            if (!Kind.isInteger(t.kind()) && t.name().contains(".")) {
                Place place = place(t.name());
                place.network().write(place.name(), t.values());
            }
        }
        trainer.copyStudent();
        if (trainer.method() instanceof Moco) {
            Tensor queue = trainer.method().state().get("queue");
            float[] values = Fill.values(c.prefix() + "queue", queue.size(), 1, 0);
            Fill.normalizeColumns(values, queue.shape());
            try (Scope scope = runtime.scope()) {
                runtime.assign(queue, runtime.tensor(scope, values, queue.shape()));
            }
        }
    }

    /** The reference trains what we train. */
    private void groups() {
        List<String> expected = GoldenCase.strings(c.get("trainable_order")).stream()
                .map(n -> place(n).name())
                .sorted()
                .toList();
        List<String> actual = trainer.optimizers().keySet().stream()
                .flatMap(n -> n.trainableNames().stream())
                .sorted()
                .toList();
        assertEquals(expected, actual);
    }

    private void step(int t) {
        Clock clock = trainer.clock(t);
        assertNear(GoldenCase.doubles(c.get("lr_per_step"))[t], clock.lr());
        JsonNode decay = c.get("weight_decay_per_step_per_group").get(t);
        for (int group = 0; group < decay.size(); group++) {
            double factor = c.get("groups").get(group).path("wd_factor").asDouble(1);
            assertNear(GoldenCase.number(decay.get(group)), factor * clock.weightDecay());
        }
        try (Scope scope = runtime.scope()) {
            Trainer.Differentiated out = trainer.differentiate(scope, clock, batch(scope, t));
            scalars(t, out.report());
            assertTrue(out.report().finite());
            out.tensors().forEach((name, value) -> expect("step" + t + "_" + name, () -> runtime.floats(value)));
            expect("step" + t + "_grad_norms", () -> gradientNorms(clock));
            trainer.update(clock);
        }
        int stepsPerEpoch = (int) trainer.stepsPerEpoch();
        if (t % stepsPerEpoch == stepsPerEpoch - 1) {
            expect("epoch" + t / stepsPerEpoch + "_delta_norms", () -> norms(parameters, this::moved));
        }
    }

    private static void assertNear(double expected, double actual) {
        assertEquals(expected, actual, 1e-15 * Math.max(1, Math.abs(expected)));
    }

    private void scalars(int t, StepReport report) {
        if (c.get("momentum_used").asBoolean()) {
            double momentum = GoldenCase.doubles(c.get("momentum_per_step"))[t];
            assertNear(momentum, report.get(Measure.TEACHER_MOMENTUM));
        }
        boolean probe = trainer.probe() != null;
        scalar("ssl_loss_scalars", t, report.loss());
        scalar("loss_scalars", t, report.loss() + (probe ? report.get(Measure.PROBE_LOSS) : 0));
        scalar("sup_loss_scalars", t, report.get(Measure.PROBE_LOSS));
        scalar("sup_accu_scalars", t, 100 * report.get(Measure.PROBE_TOP1));
    }

    private void scalar(String name, int t, double value) {
        scalars.computeIfAbsent(name, n -> new float[(int) trainer.steps()])[t] = (float) value;
    }

    private void expect(String name, java.util.function.Supplier<float[]> actual) {
        if (c.expects(name)) {
            Expected expected = c.expected(name);
            Expected.Deviation deviation = expected.compare(actual.get());
            if (!deviation.ok()) {
                missed.put(name, deviation);
            }
            if (exact && expected.exactValues().length > 0) {
                assertExact(name, expected.exactValues(), actual.get());
            }
        }
    }

    /** The reference ran its numbers again in float64; ours come back rounded to float, 6e-8 at most. */
    private static void assertExact(String name, double[] expected, float[] actual) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], 2e-7 * Math.abs(expected[i]), name + " in float64, step " + i);
        }
    }

    private float[] moved(String parameter) {
        float[] now = read(parameter);
        float[] then = initial.getOrDefault(parameter, now);
        for (int i = 0; i < now.length; i++) {
            now[i] -= then[i];
        }
        return now;
    }

    /** Views as the stage passes them: consecutive views of one size in one tensor, view after view. */
    private StepBatch batch(Scope scope, int t) {
        int globals = c.hyper("global_crops").asInt();
        int locals = c.hyper("local_crops").asInt();
        int side = c.hyper("global_px").asInt();
        int small = c.hyper("local_px").asInt();
        List<Tensor> passes = new ArrayList<>();
        if (locals == 0 || side == small) {
            passes.add(pass(scope, t, 0, globals + locals, side));
        } else {
            passes.add(pass(scope, t, 0, globals, side));
            passes.add(pass(scope, t, globals, globals + locals, small));
        }
        List<Integer> labels = new ArrayList<>();
        int classes = c.hyper("num_classes").asInt(0);
        if (classes > 0) {
            assertEquals(LABELS, c.get("labels").asText());
        }
        for (int i = 0; i < recipe.batchSize(); i++) {
            labels.add(classes == 0 ? -1 : (t * recipe.batchSize() + i) % classes);
        }
        return new StepBatch(passes, labels);
    }

    private Tensor pass(Scope scope, int t, int from, int to, int side) {
        int n = recipe.batchSize();
        float scale = (float) GoldenCase.number(c.get("view_scale"));
        int each = n * 3 * side * side;
        float[] values = new float[(to - from) * each];
        for (int v = from; v < to; v++) {
            String name = c.get("views").asText().replace("{t}", "" + t).replace("{v}", "" + v);
            float[] image = Fill.image(name, new long[] {n, 3, side, side}, 4, 1.5, 0.25);
            for (int i = 0; i < image.length; i++) {
                image[i] *= scale;
            }
            System.arraycopy(image, 0, values, (v - from) * each, each);
        }
        Tensor x = runtime.tensor(scope, values, (long) (to - from) * n, 3, side, side);
        return runtime.channelsLast(scope, x);
    }

    /**
     * Norms right before the update. In the reference a frozen tensor has no gradient (-1); here it has one that the
     * optimiser leaves alone. Clipping is the optimiser's first act, so its rule is applied to the norms here.
     */
    private float[] gradientNorms(Clock clock) {
        double clip = recipe.optimizer().clip();
        float[] norms = norms(GoldenCase.strings(c.get("trainable_order")), p -> {
            Place place = place(p);
            boolean rests = !clock.tail() && trainer.method().freezable(place.name());
            Gradients gradients = p.startsWith(CLASSIFIER) ? trainer.probe().gradients() : trainer.gradients();
            return rests ? new float[] {Float.NaN} : gradients.read(place.name());
        });
        for (int i = 0; i < norms.length && clip > 0; i++) {
            norms[i] *= norms[i] < 0 ? 1 : (float) Math.min(1, clip / (norms[i] + 1e-6));
        }
        return norms;
    }

    private void finish() {
        scalars.forEach((name, values) -> expect(name, () -> values));
        expect("final_param_norms", () -> norms(parameters, this::read));
        List<String> norms = GoldenCase.strings(c.get("bn_order"));
        for (String kind : List.of("running_mean", "running_var")) {
            expect("final_" + kind + "_norms", () -> norms(norms, p -> read(p + "." + kind)));
        }
        if (!norms.isEmpty()) {
            long[] passes = norms.stream()
                    .mapToLong(n -> place(n).network().passes(place(n).name().split("\\.", 2)[0]))
                    .toArray();
            assertArrayEquals(integers("final_num_batches"), passes);
        }
        trainer.method().state().forEach((name, value) -> expect(name, () -> runtime.floats(value)));
        if (trainer.method() instanceof Moco moco) {
            assertEquals(integers("queue_ptr")[0], moco.pointer(trainer.steps(), recipe.batchSize()));
        }
    }

    private long[] integers(String name) {
        return c.integers(c.get("expected").get(name));
    }

    private static float[] norms(List<String> names, Function<String, float[]> values) {
        float[] norms = new float[names.size()];
        for (int i = 0; i < norms.length; i++) {
            double sum = 0;
            for (float v : values.apply(names.get(i))) {
                sum += (double) v * v;
            }
            norms[i] = Double.isNaN(sum) ? -1 : (float) Math.sqrt(sum);
        }
        return norms;
    }
}
