package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import viewfit.checks.GoldenCheck;
import viewfit.checks.GoldenTheme;
import viewfit.core.schedule.Schedule;
import viewfit.core.schedule.Schedules;
import viewfit.engine.Program;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.goldens.Fill;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.Goldens;

/** Section 4: losses with gradients and next state, through the functions that the steps are made of. */
public final class LossGoldens implements GoldenTheme {
    /** A call of the loss: codes with the queue as it is, value and gradient, then the queue. */
    private static final String SWAV =
            """
            def swav(self, O: Tensor, Z: Tensor, W: Tensor, Q: Tensor, queued: int, pushed: int, views: int, globals: int, n: int, alpha: float, temperature: float, epsilon: float, iterations: int) -> List[Tensor]:
              assign = ASSIGN
              codes = self.codes(O, Q, W, assign, torch.gt(queued, 0), n, epsilon, iterations)
              r = self.loss_and_gradient(O, codes, assign, views, globals, n, alpha, temperature)
              if torch.gt(pushed, 0):
                p = self.push(Q, [Z], assign, n)
              else:
                pass
              return r
            def scores(self, Z: Tensor, W: Tensor) -> List[Tensor]:
              torch.set_grad_enabled(False)
              w = self.unit_rows(W)
              z = self.normalize(Z)
              return [z, torch.matmul(z, torch.t(w))]
            """;

    private static final String MOCO =
            """
            def of_rows(self, key: Tensor, queries: Tensor, queue: Tensor, pointer: int, n: int, alpha: float, temperature: float) -> List[Tensor]:
              torch.set_grad_enabled(False)
              k = self.normalize(key)
              torch.set_grad_enabled(True)
              u = torch.requires_grad_(torch.detach(queries), True)
              l = self.logits(self.normalize(u), k, queue, temperature)
              r = self.loss(l, n, alpha)
              g = unchecked_cast(Tensor, (torch.autograd.grad([r[0]], [u]))[0])
              torch.set_grad_enabled(False)
              p = self.push(queue, k, pointer)
              return [torch.detach(r[0]), torch.detach(l), torch.detach(g)]
            """;

    @Override
    public Map<String, GoldenCheck> checks() {
        return Map.of(
                "dino_loss", c -> with(SharedText.MEASURES + DinoProgram.LOSS_TEXT, c, LossGoldens::dino),
                "sinkhorn", c -> with(SharedText.MEASURES + SwavProgram.LOSS_TEXT, c, LossGoldens::sinkhorn),
                "swav_loss", c -> with(swavText(c), c, LossGoldens::swav),
                "moco_loss", c -> with(mocoText(), c, LossGoldens::moco),
                "moco_logits", c -> with(mocoText(), c, LossGoldens::mocoLogits));
    }

    private static String swavText(GoldenCase c) {
        String assign = c.hyper("crops_for_assign").toString();
        return SharedText.MEASURES + SwavProgram.LOSS_TEXT + SWAV.replace("ASSIGN", assign);
    }

    private static String mocoText() {
        return SharedText.MEASURES + MocoProgram.LOSS_TEXT + MOCO;
    }

    private interface Check {
        void run(TorchRuntime runtime, Program program, Scope scope, GoldenCase c);
    }

    private static void with(String text, GoldenCase c, Check check) {
        try (TorchRuntime runtime = TorchRuntime.open(Goldens.device(), 1);
                Program program = runtime.compile(text);
                Scope scope = runtime.scope()) {
            check.run(runtime, program, scope, c);
        }
    }

    private static Tensor tensor(TorchRuntime runtime, Scope scope, JsonNode fill) {
        return runtime.tensor(scope, GoldenCase.values(fill), GoldenCase.longs(fill.get("shape")));
    }

    /** With alpha 1 the local part has no weight: what the reference calls global_only. */
    static double alpha(GoldenCase c) {
        JsonNode h = c.get("hyper");
        if (h.path("global_only").asBoolean()) {
            return 1;
        }
        assertEquals(1, c.hyper("alpha").asDouble() + c.hyper("beta").asDouble(), 1e-5, "weights of the two parts");
        return c.hyper("alpha").asDouble();
    }

    private static void dino(TorchRuntime runtime, Program program, Scope scope, GoldenCase c) {
        long teachers = c.hyper("global_crops").asLong();
        long views = teachers + c.hyper("local_crops").asLong();
        Schedule temperature = Schedules.teacherTemperature(
                c.hyper("warmup_teacher_temp").asDouble(),
                c.hyper("teacher_temp").asDouble(),
                c.hyper("warmup_teacher_temp_epochs").asInt());
        Tensor center = runtime.zeros(scope, c.hyper("dim").asLong());
        JsonNode calls = c.get("calls");
        double[] given = GoldenCase.doubles(c.get("teacher_temp_per_call"));
        float[] losses = new float[calls.size()];
        for (int i = 0; i < losses.length; i++) {
            JsonNode call = calls.get(i);
            double temp = temperature.at(call.get("epoch").asInt());
            assertEquals(given[i], temp, 1e-15);
            Tensor teacher = tensor(runtime, scope, call.get("teacher"));
            List<Tensor> r = program.call(
                    scope,
                    "loss_and_gradient",
                    tensor(runtime, scope, call.get("student")),
                    teacher,
                    center,
                    views,
                    teachers,
                    c.hyper("batch").asLong(),
                    alpha(c),
                    c.hyper("student_temp").asDouble(),
                    temp);
            losses[i] = runtime.floats(r.get(0))[0];
            c.expected("grad_student:" + i).assertClose(runtime.floats(r.get(1)));
            program.run(
                    "move_center", center, teacher, c.hyper("center_momentum").asDouble());
            c.expected("center:" + i).assertClose(runtime.floats(center));
        }
        c.expected("loss_scalars").assertClose(losses);
    }

    private static void sinkhorn(TorchRuntime runtime, Program program, Scope scope, GoldenCase c) {
        Tensor scores = tensor(runtime, scope, c.get("inputs").get("logits"));
        double epsilon = c.hyper("epsilon").asDouble();
        long iterations = c.hyper("iterations").asLong();
        c.expected("q").assertClose(runtime.floats(program.callOne(scope, "sinkhorn", scores, epsilon, iterations)));
    }

    private static void swav(TorchRuntime runtime, Program program, Scope scope, GoldenCase c) {
        long n = c.hyper("batch").asLong();
        long globals = c.hyper("global_crops").asLong();
        long views = globals + c.hyper("local_crops").asLong();
        long rows = c.hyper("queue_rows").asLong();
        c.hyper("crops_for_assign").forEach(v -> assertTrue(v.asLong() < globals, "only global views are assigned"));
        long assigned = c.hyper("crops_for_assign").size();
        Tensor prototypes = tensor(runtime, scope, c.get("inputs").get("prototypes"));
        Tensor queue =
                runtime.zeros(scope, assigned, Math.max(1, rows), c.hyper("dim").asLong());
        JsonNode calls = c.get("calls");
        float[] losses = new float[calls.size()];
        long[] used = new long[losses.length];
        for (int i = 0; i < losses.length; i++) {
            List<Tensor> s = program.call(
                    scope, "scores", tensor(runtime, scope, calls.get(i).get("embedding")), prototypes);
            c.expected("logits:" + i).assertClose(runtime.floats(s.get(1)));
            used[i] = rows > 0 && i * n >= rows ? 1 : 0;
            List<Tensor> r = program.call(
                    scope,
                    "swav",
                    s.get(1),
                    s.get(0),
                    prototypes,
                    queue,
                    used[i],
                    rows > 0 ? 1L : 0L,
                    views,
                    globals,
                    n,
                    alpha(c),
                    c.hyper("temperature").asDouble(),
                    c.hyper("epsilon").asDouble(),
                    c.hyper("iterations").asLong());
            losses[i] = runtime.floats(r.get(0))[0];
            c.expected("grad_logits:" + i).assertClose(runtime.floats(r.get(1)));
            if (c.expects("queue:" + i)) {
                c.expected("queue:" + i).assertClose(runtime.floats(queue));
            }
        }
        c.expected("loss_scalars").assertClose(losses);
        assertArrayEquals(c.integers(c.get("expected").get("queue_used")), used);
    }

    private static void moco(TorchRuntime runtime, Program program, Scope scope, GoldenCase c) {
        Tensor logits = tensor(runtime, scope, c.get("inputs").get("logits"));
        List<Tensor> r = program.call(
                scope, "loss_and_gradient", logits, c.hyper("batch").asLong(), alpha(c));
        c.expected("loss_scalars").assertClose(runtime.floats(r.get(0))[0]);
        c.expected("grad_logits").assertClose(runtime.floats(r.get(1)));
    }

    private static void mocoLogits(TorchRuntime runtime, Program program, Scope scope, GoldenCase c) {
        int n = c.hyper("batch").asInt();
        int length = c.hyper("queue").asInt();
        int width = c.hyper("dim").asInt();
        JsonNode given = c.get("inputs").get("queue");
        float[] columns = GoldenCase.values(given);
        Fill.normalizeColumns(columns, GoldenCase.longs(given.get("shape")));
        Tensor queue = runtime.tensor(scope, columns, GoldenCase.longs(given.get("shape")));
        JsonNode calls = c.get("calls");
        float[] losses = new float[calls.size()];
        long[] pointers = new long[losses.length];
        for (int i = 0; i < losses.length; i++) {
            JsonNode views = calls.get(i).get("views");
            float[] queries = new float[(views.size() - 1) * n * width];
            for (int v = 1; v < views.size(); v++) {
                System.arraycopy(GoldenCase.values(views.get(v)), 0, queries, (v - 1) * n * width, n * width);
            }
            List<Tensor> r = program.call(
                    scope,
                    "of_rows",
                    tensor(runtime, scope, views.get(0)),
                    runtime.tensor(scope, queries, (views.size() - 1L) * n, width),
                    queue,
                    (long) i * n % length,
                    (long) n,
                    alpha(c),
                    c.hyper("temperature").asDouble());
            losses[i] = runtime.scalar(r.get(0));
            c.expected("logits:" + i).assertClose(runtime.floats(r.get(1)));
            c.expected("grad_queries:" + i).assertClose(runtime.floats(r.get(2)));
            c.expected("queue:" + i).assertClose(runtime.floats(queue));
            pointers[i] = (i + 1L) * n % length;
        }
        c.expected("loss_scalars").assertClose(losses);
        assertArrayEquals(c.integers(c.get("expected").get("queue_ptr")), pointers);
    }
}
