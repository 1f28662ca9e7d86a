package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.recipe.BackboneRecipe;
import viewfit.core.recipe.CheckpointRecipe;
import viewfit.core.recipe.DinoRecipe;
import viewfit.core.recipe.HeadRecipe;
import viewfit.core.recipe.LarsRecipe;
import viewfit.core.recipe.MonitorRecipe;
import viewfit.core.recipe.OnDivergence;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.RampRecipe;
import viewfit.core.recipe.ScheduleRecipe;
import viewfit.core.recipe.SpanRecipe;
import viewfit.core.recipe.ViewKind;
import viewfit.engine.Network;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.goldens.Expected;
import viewfit.goldens.Fill;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.GoldenTensor;
import viewfit.goldens.Goldens;

/** Whole training runs of the reference, step by step, through the trainer that the stage uses. */
class DinoTrajectoryTest {
    private static TorchRuntime runtime;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"traj/dino_mobilenet_v2_baseline", "traj/dino_mobilenet_v2_rebalanced"})
    void everyStepAgreesWithTheReference(String id) {
        GoldenCase c = Goldens.ssl().byId(id);
        PretrainRecipe recipe = recipe(c);
        int stepsPerEpoch = c.hyper("steps_per_epoch").asInt();
        try (Trainer trainer = Trainer.of(runtime, recipe, stepsPerEpoch)) {
            fill(trainer, c);
            Run run = new Run(trainer, c);
            run.remember();
            for (int t = 0; t < trainer.steps(); t++) {
                run.step(t);
            }
            run.finish();
        }
    }

    private static PretrainRecipe recipe(GoldenCase c) {
        JsonNode h = c.get("hyper");
        JsonNode head = h.get("head");
        DinoRecipe dino = new DinoRecipe(
                "dino",
                h.get("alpha").asDouble(),
                new HeadRecipe(
                        head.get("layers").asInt(),
                        head.get("hidden").asInt(),
                        head.get("bottleneck").asInt(),
                        head.get("out_dim").asInt(),
                        head.get("use_bn").asBoolean(),
                        !head.get("norm_last_layer").asBoolean()),
                h.get("student_temp").asDouble(),
                new RampRecipe(
                        h.get("warmup_teacher_temp").asDouble(),
                        h.get("teacher_temp").asDouble(),
                        h.get("warmup_teacher_temp_epochs").asInt()),
                h.get("center_momentum").asDouble(),
                new SpanRecipe(
                        h.get("teacher_momentum").asDouble(),
                        h.get("teacher_momentum_end").asDouble()),
                h.get("freeze_last_layer_epochs").asInt());
        LarsRecipe lars = new LarsRecipe(
                "lars",
                h.get("base_lr_config").asDouble(),
                256,
                new SpanRecipe(
                        h.get("weight_decay").asDouble(),
                        h.get("weight_decay_end").asDouble()),
                h.get("clip_grad").asDouble(),
                h.get("wd_factor_dw").asDouble() > 0,
                h.get("wd_factor_bias").asDouble() > 0,
                h.get("sgd_momentum").asDouble(),
                h.get("lars_eta").asDouble(),
                !h.get("lars_exclude_dw").asBoolean(),
                !h.get("lars_exclude_bias").asBoolean());
        return new PretrainRecipe(
                "pretrain/1",
                "golden",
                0,
                h.get("epochs").asInt(),
                h.get("batch").asInt(),
                new BackboneRecipe(c.get("arch").asText(), false),
                dino,
                DinoRecipes.views(
                        DinoRecipes.views(
                                ViewKind.GLOBAL,
                                h.get("global_crops").asInt(),
                                h.get("global_px").asInt()),
                        DinoRecipes.views(
                                ViewKind.LOCAL,
                                h.get("local_crops").asInt(),
                                h.get("local_px").asInt())),
                lars,
                new ScheduleRecipe(
                        h.get("warmup_epochs").asInt(),
                        h.get("start_warmup").asDouble(),
                        h.get("min_lr").asDouble()),
                new CheckpointRecipe(0, 0),
                new MonitorRecipe(0, 0),
                OnDivergence.FAIL);
    }

    private static void fill(Trainer trainer, GoldenCase c) {
        Network student = trainer.method().student();
        for (GoldenTensor t : c.tensors()) {
            if (!t.kind().equals("zero_int64")) {
                student.write(t.name().substring("student.".length()), t.values());
            }
        }
        trainer.copyStudent();
    }

    /** One run and what it has seen so far. */
    private static final class Run {
        private final Trainer trainer;
        private final GoldenCase c;
        private final List<String> parameters;
        private final Map<String, float[]> initial = new HashMap<>();
        private final float[] losses;
        private final double[] lr;
        private final double[] momentum;
        private final JsonNode decay;

        Run(Trainer trainer, GoldenCase c) {
            this.trainer = trainer;
            this.c = c;
            this.parameters = GoldenCase.strings(c.get("param_order"));
            this.losses = new float[(int) trainer.steps()];
            this.lr = GoldenCase.doubles(c.get("lr_per_step"));
            this.momentum = GoldenCase.doubles(c.get("momentum_per_step"));
            this.decay = c.get("weight_decay_per_step_per_group");
        }

        void remember() {
            parameters.forEach(p -> initial.put(p, read(p)));
        }

        private float[] read(String fullName) {
            int dot = fullName.indexOf('.');
            return trainer.method().network(fullName.substring(0, dot)).read(fullName.substring(dot + 1));
        }

        void step(int t) {
            Clock clock = trainer.clock(t);
            assertEquals(lr[t], clock.lr(), 1e-15);
            assertEquals(momentum[t], clock.teacherMomentum(), 1e-15);
            assertEquals(GoldenCase.number(decay.get(t).get(0)), clock.weightDecay(), 1e-15);
            int stepsPerEpoch = (int) trainer.stepsPerEpoch();
            try (Scope scope = runtime.scope()) {
                SslMethod.Outputs out = trainer.differentiate(scope, clock, views(scope, t));
                losses[t] = (float) out.report().loss();
                assertTrue(out.report().finite());
                if (t == 0) {
                    c.expected("step0_student_output").assertClose(runtime.floats(out.student()));
                    c.expected("step0_teacher_output").assertClose(runtime.floats(out.teacher()));
                }
                if (c.expectedNames().contains("step" + t + "_grad_norms")) {
                    c.expected("step" + t + "_grad_norms").assertClose(gradientNorms(clock));
                }
                trainer.update(clock);
            }
            if (t % stepsPerEpoch == stepsPerEpoch - 1) {
                c.expected("epoch" + t / stepsPerEpoch + "_delta_norms").assertClose(norms(parameters, p -> {
                    float[] now = read(p);
                    float[] then = initial.getOrDefault(p, now);
                    for (int i = 0; i < now.length; i++) {
                        now[i] -= then[i];
                    }
                    return now;
                }));
            }
        }

        /** Views as the stage passes them: one tensor per size, view after view. */
        private List<Tensor> views(Scope scope, int t) {
            List<Tensor> passes = new ArrayList<>();
            int globals = c.hyper("global_crops").asInt();
            int all = globals + c.hyper("local_crops").asInt();
            passes.add(pass(scope, t, 0, globals, c.hyper("global_px").asInt()));
            passes.add(pass(scope, t, globals, all, c.hyper("local_px").asInt()));
            return passes;
        }

        private Tensor pass(Scope scope, int t, int from, int to, int side) {
            int n = c.hyper("batch").asInt();
            int each = n * 3 * side * side;
            float[] values = new float[(to - from) * each];
            for (int v = from; v < to; v++) {
                String name = c.get("views").asText().replace("{t}", "" + t).replace("{v}", "" + v);
                float[] image = Fill.image(name, new long[] {n, 3, side, side}, 4, 1.5, 0.25);
                System.arraycopy(image, 0, values, (v - from) * each, each);
            }
            Tensor x = runtime.tensor(scope, values, (long) (to - from) * n, 3, side, side);
            return runtime.channelsLast(scope, x);
        }

        /** In the reference a frozen tensor has no gradient (-1); here it has one that the optimiser leaves alone. */
        private float[] gradientNorms(Clock clock) {
            return norms(GoldenCase.strings(c.get("trainable_order")), p -> {
                String name = p.substring("student.".length());
                boolean rests = !clock.tail() && trainer.method().freezable(name);
                return rests ? new float[] {Float.NaN} : trainer.gradients().read(name);
            });
        }

        void finish() {
            c.expected("loss_scalars").assertClose(losses);
            c.expected("final_param_norms").assertClose(norms(parameters, this::read));
            List<String> norms = GoldenCase.strings(c.get("bn_order"));
            for (String kind : List.of("running_mean", "running_var")) {
                c.expected("final_" + kind + "_norms").assertClose(norms(norms, p -> read(p + "." + kind)));
            }
            float[] passes = new float[norms.size()];
            for (int i = 0; i < passes.length; i++) {
                String[] parts = norms.get(i).split("\\.", 3);
                passes[i] = trainer.method().network(parts[0]).passes(parts[1]);
            }
            Expected batches = c.expected("final_num_batches");
            assertArrayEquals(batches.values(), passes);
            c.expected("center")
                    .assertClose(runtime.floats(trainer.method().state().get("center")));
        }

        private static float[] norms(List<String> names, java.util.function.Function<String, float[]> values) {
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
}
