package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;

/** Sums of a trace against sums made by hand, on made-up traces and on one of libtorch. */
class OperatorProfileTest {
    /** libtorch reads its clock beside ours, on a busy machine a moment apart: nanoseconds. */
    private static final double SLACK = 50e6;

    /** Sums of times below 10^4 in doubles. */
    private static final double ROUNDING = 1e-8;

    private static final String PROGRAM =
            """
            def half(self, x: Tensor) -> Tensor:
              return torch.mul(torch.mm(x, x), 0.5)
            def step(self, x: Tensor) -> Tensor:
              torch.set_grad_enabled(True)
              w = torch.requires_grad_(torch.detach(x), True)
              y = torch.sum(torch.relu(self.half(self.half(w))))
              g = unchecked_cast(Tensor, (torch.autograd.grad([y], [w]))[0])
              torch.set_grad_enabled(False)
              return g
            """;

    private static OperatorTrace.Event event(OperatorTrace.Kind kind, String name, double start, double micros) {
        return new OperatorTrace.Event(kind, name, start, micros, 1);
    }

    @Test
    void anOperatorCountsWithoutThoseItCalled() {
        OperatorProfile profile = OperatorProfile.of(List.of(
                event(OperatorTrace.Kind.OPERATOR, "aten::mm", 22, 6),
                event(OperatorTrace.Kind.FUNCTION, "step", 10, 30),
                event(OperatorTrace.Kind.FUNCTION, "step", 11, 28),
                event(OperatorTrace.Kind.OPERATOR, "aten::linear", 20, 10),
                event(OperatorTrace.Kind.BACKWARD, "MmBackward0", 31, 4),
                event(OperatorTrace.Kind.OPERATOR, "aten::mm", 32, 2),
                event(OperatorTrace.Kind.BACKWARD, "MulBackward0", 35, 1),
                event(OperatorTrace.Kind.FUNCTION, "step", 50, 5)));
        assertEquals(
                List.of(new OperatorProfile.Total("step", 2, 35), new OperatorProfile.Total("backward", 2, 5)),
                profile.functions());
        assertEquals(
                List.of(
                        new OperatorProfile.Total("interpreter", 5, 2 + 13 + 2 + 1 + 5),
                        new OperatorProfile.Total("aten::mm", 2, 8),
                        new OperatorProfile.Total("aten::linear", 1, 4)),
                profile.operators());
    }

    /** Against every pair of events compared: a parent is the shortest of those around. */
    @Test
    void sumsAreThoseOfComparingAllPairs() {
        RandomStream random = SeedTree.root(5).at("events").stream();
        for (int trial = 0; trial < 20; trial++) {
            List<OperatorTrace.Event> events = new ArrayList<>();
            for (int thread = 1; thread <= 2; thread++) {
                grow(events, random, 0, 1000, thread, 0);
            }
            Map<String, Double> expected = new TreeMap<>();
            double outermost = 0;
            for (OperatorTrace.Event e : events) {
                OperatorTrace.Event parent = parent(e, events);
                boolean operator = e.kind() == OperatorTrace.Kind.OPERATOR;
                expected.merge(operator ? e.name() : "interpreter", e.micros(), Double::sum);
                if (parent != null) {
                    operator = parent.kind() == OperatorTrace.Kind.OPERATOR;
                    expected.merge(operator ? parent.name() : "interpreter", -e.micros(), Double::sum);
                } else {
                    outermost += e.micros();
                }
            }
            List<OperatorProfile.Total> found = OperatorProfile.of(events).operators();
            assertEquals(
                    expected.keySet(),
                    found.stream()
                            .map(OperatorProfile.Total::name)
                            .collect(java.util.stream.Collectors.toCollection(java.util.TreeSet::new)));
            found.forEach(t -> assertEquals(expected.get(t.name()), t.micros(), ROUNDING, t.name()));
            assertEquals(
                    outermost,
                    found.stream().mapToDouble(OperatorProfile.Total::micros).sum(),
                    ROUNDING);
            assertEquals(
                    events.size(),
                    found.stream().mapToLong(OperatorProfile.Total::calls).sum());
        }
    }

    private static void grow(
            List<OperatorTrace.Event> events, RandomStream random, double from, double to, int thread, int depth) {
        double at = from;
        while (depth < 5) {
            double start = at + random.uniform(0.1, (to - from) / 3);
            double length = random.uniform(0.1, (to - from) / 2);
            if (start + length >= to) {
                return;
            }
            OperatorTrace.Kind kind = List.of(OperatorTrace.Kind.values()).get(random.nextInt(3));
            events.add(
                    random.nextInt(events.size() + 1),
                    new OperatorTrace.Event(kind, kind + "::" + random.nextInt(4), start, length, thread));
            grow(events, random, start, start + length, thread, depth + 1);
            at = start + length;
        }
    }

    private static OperatorTrace.Event parent(OperatorTrace.Event child, List<OperatorTrace.Event> events) {
        OperatorTrace.Event parent = null;
        for (OperatorTrace.Event e : events) {
            boolean around = !e.equals(child)
                    && e.thread() == child.thread()
                    && e.startMicros() <= child.startMicros()
                    && e.endMicros() >= child.endMicros();
            if (around && (parent == null || e.micros() < parent.micros())) {
                parent = e;
            }
        }
        return parent;
    }

    /** What a program did is in its trace, call by call; and it did the same as without. */
    @Test
    void aProgramIsSeenFromOutside() {
        try (TorchRuntime runtime = TorchRuntime.open("cpu", 1);
                Scope scope = runtime.scope();
                Program program = runtime.compile(PROGRAM)) {
            Tensor x = runtime.tensor(scope, new float[] {1, 2, 3, 4}, 2, 2);
            float[] expected = runtime.floats(program.callOne(scope, "step", x));
            OperatorTrace trace = OperatorTrace.start();
            float[] found = {};
            for (int i = 0; i < 3; i++) {
                found = runtime.floats(program.callOne(scope, "step", x));
            }
            long nanos = System.nanoTime() - trace.startNanos();
            List<OperatorTrace.Event> events = trace.stop();
            assertArrayEquals(expected, found);

            OperatorProfile profile = OperatorProfile.of(events);
            Map<String, Long> calls = new HashMap<>();
            profile.functions().forEach(t -> calls.put(t.name(), t.calls()));
            profile.operators().forEach(t -> calls.put(t.name(), t.calls()));
            assertEquals(3, calls.get("step"));
            assertEquals(6, calls.get("half"));
            // Two products of the step, and two in the backward pass of each.
            assertEquals(3 * (2 + 2 * 2), calls.get("aten::mm"));
            // Sum, relu, and twice product and scale; then the leaf.
            assertEquals(3 * 7, calls.get("backward"));
            Map<String, Double> micros = new HashMap<>();
            profile.functions().forEach(t -> micros.put(t.name(), t.micros()));
            assertTrue(micros.get("step") > micros.get("half") + micros.get("backward"), micros.toString());
            assertTrue(micros.get("step") * 1e3 < nanos, micros + " of " + nanos + " ns");
            assertTrue(events.stream().allMatch(e -> e.startMicros() >= 0 && e.endMicros() * 1e3 <= nanos + SLACK));
        }
    }

    @Test
    void aTraceIsReadByItsNames(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("trace.json");
        Files.writeString(
                file,
                """
                [

                {
                  "name": "aten::mm", "ph": "X", "ts": 1.250000, "dur": 2.5, "tid": 1,
                  "pid": "CPU Functions", "shape": [[2, 2], []], "cpu mem": "0 b", "args": {}
                },
                {"name": "autograd::engine::evaluate_function: MmBackward0", "ts": 5, "dur": 1.0, "tid": 2},
                {"name": "MmBackward0", "ts": 5.5, "dur": 0.25, "tid": 2},
                {"name": "teacher_backbone", "ts": 6, "dur": 3, "tid": 1}]
                """);
        assertEquals(
                List.of(
                        new OperatorTrace.Event(OperatorTrace.Kind.OPERATOR, "aten::mm", 1.25, 2.5, 1),
                        new OperatorTrace.Event(OperatorTrace.Kind.BACKWARD, "MmBackward0", 5, 1, 2),
                        new OperatorTrace.Event(OperatorTrace.Kind.OPERATOR, "MmBackward0", 5.5, .25, 2),
                        new OperatorTrace.Event(OperatorTrace.Kind.FUNCTION, "teacher_backbone", 6, 3, 1)),
                OperatorTrace.read(file));
    }
}
