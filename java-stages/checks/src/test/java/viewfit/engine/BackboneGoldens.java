package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.checks.GoldenCheck;
import viewfit.checks.GoldenTheme;
import viewfit.goldens.Expected;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.GoldenTensor;
import viewfit.goldens.Goldens;
import viewfit.graph.Graph;
import viewfit.graph.Op;
import viewfit.graph.Op.Activation.Kind;
import viewfit.zoo.Backbones;

/** Section 2: tensor lists, features, losses, gradients and running statistics of compiled backbones. */
public final class BackboneGoldens implements GoldenTheme {
    private static final String PART = "net";
    private static final String GRADIENT = "grad:";

    /** Bound of the relative L2 distance of gradients after a kink: see {@link #refused}. */
    private static final double KINK = 0.02;

    /** loss = sum(feat * loss_w), with the gradient of the image beside those of the parameters. */
    private static final String STEP =
            """
            def step(self, x: Tensor, w: Tensor, P: List[Tensor], B: List[Tensor], T: List[Tensor], G: List[Tensor]) -> List[Tensor]:
              torch.set_grad_enabled(True)
              v = torch.requires_grad_(torch.detach(x))
              y = self.f(v, P, B)
              loss = torch.sum(torch.mul(y, w))
              gx = torch.autograd.grad([loss], [v], None, True)
              s = self.store(torch.autograd.grad([loss], T), G)
              return [torch.detach(y), torch.detach(loss), unchecked_cast(Tensor, gx[0])]
            """;

    @Override
    public Map<String, GoldenCheck> checks() {
        return Map.of(
                "backbone_tensors", BackboneGoldens::tensors,
                "backbone_eval", BackboneGoldens::evaluation,
                "backbone_train", BackboneGoldens::training);
    }

    private static void tensors(GoldenCase golden) {
        Graph graph = Backbones.graph(golden.get("arch").asText());
        List<GoldenTensor> listed = golden.tensors();
        List<GoldenTensor> values =
                listed.stream().filter(t -> !t.kind().equals("zero_int64")).toList();
        assertEquals(
                values.stream().map(t -> t.name() + Arrays.toString(t.shape())).toList(),
                graph.state().stream().map(p -> p.name() + p.shape()).toList());
        assertEquals(
                names(listed, t -> t.kind().equals("zero_int64")),
                graph.batchNorms().stream().map(n -> n + ".num_batches_tracked").toList());
        assertEquals(
                names(listed, GoldenTensor::parameter),
                graph.parameters().stream().map(p -> p.name()).toList());
        assertEquals(golden.get("param_count").asLong(), graph.parameterCount());
        assertEquals(golden.get("out_dim").asInt(), graph.outputWidth());
        assertEquals(golden.get("n_param_tensors").asInt(), graph.parameters().size());
        assertEquals(
                golden.get("n_state_tensors").asInt(),
                graph.state().size() + graph.batchNorms().size());
    }

    private static List<String> names(List<GoldenTensor> tensors, java.util.function.Predicate<GoldenTensor> which) {
        return tensors.stream().filter(which).map(GoldenTensor::name).toList();
    }

    private static void evaluation(GoldenCase golden) {
        Graph graph = Backbones.graph(golden.get("arch").asText());
        try (TorchRuntime runtime = TorchRuntime.open(Goldens.device(), 1);
                Program program = runtime.compile(runtime.script().evaluation(graph, "f"));
                Scope scope = runtime.scope()) {
            Network network = GoldenNetworks.filled(runtime, PART, graph, golden.tensors());
            Tensor x = image(runtime, scope, golden);
            golden.expected("feat")
                    .assertClose(runtime.floats(
                            program.callOne(scope, "f", x, network.parameters(PART), network.buffers(PART))));
        }
    }

    private static void training(GoldenCase golden) {
        Graph graph = Backbones.graph(golden.get("arch").asText());
        assertEquals("sum(feat * loss_w)", golden.get("loss").asText());
        boolean missed;
        try (TorchRuntime runtime = TorchRuntime.open(Goldens.device(), 1)) {
            Map<Expected, float[]> gradients = train(runtime, golden, graph);
            missed = gradients.entrySet().stream()
                    .anyMatch(e -> !e.getKey().compare(e.getValue()).ok());
            assertNone(refused(gradients, hasKinks(graph)));
        }
        if (missed) {
            // What float32 may have put on the other side of a kink must be right in float64.
            try (TorchRuntime runtime = TorchRuntime.openDouble(1)) {
                assertNone(refused(train(runtime, golden, graph), false));
            }
        }
    }

    private static void assertNone(List<String> refused) {
        if (!refused.isEmpty()) {
            throw new AssertionError(String.join("\n", refused));
        }
    }

    /** One pass: features, loss and running statistics hold; the gradients with what is expected of them. */
    private static Map<Expected, float[]> train(TorchRuntime runtime, GoldenCase golden, Graph graph) {
        Map<String, float[]> gradients = new LinkedHashMap<>();
        Network network = GoldenNetworks.filled(runtime, PART, graph, golden.tensors());
        String text = runtime.script().training(graph, "f") + Gradients.store(network) + STEP;
        try (Program program = runtime.compile(text);
                Gradients store = Gradients.of(network);
                Scope scope = runtime.scope()) {
            network.requireGradients();
            List<Tensor> out = program.call(
                    scope,
                    "step",
                    image(runtime, scope, golden),
                    runtime.tensor(scope, golden.input("loss_w"), golden.inputShape("loss_w")),
                    network.parameters(PART),
                    network.buffers(PART),
                    network.trainable(),
                    store.targets());
            network.countPasses(PART, 1);
            golden.expected("feat").assertClose(runtime.floats(out.get(0)));
            golden.expected("loss").assertClose(runtime.scalar(out.get(1)));
            assertStatistics(golden, graph, network);
            gradients.put("x_grad_norm", new float[] {GoldenNetworks.norm(runtime.floats(out.get(2)))});
            List<String> order = GoldenCase.strings(golden.get("grad_norms_order"));
            assertEquals(network.trainableNames().size(), order.size(), "parameters with a gradient");
            float[] norms = new float[order.size()];
            for (int i = 0; i < norms.length; i++) {
                norms[i] = GoldenNetworks.norm(store.read(PART + "." + order.get(i)));
            }
            gradients.put("grad_norms", norms);
            for (String name : golden.expectedNames()) {
                if (name.startsWith(GRADIENT)) {
                    gradients.put(name, store.read(PART + "." + name.substring(GRADIENT.length())));
                }
            }
        }
        Map<Expected, float[]> pairs = new LinkedHashMap<>();
        gradients.forEach((name, values) -> {
            if (golden.expects(name)) {
                pairs.put(golden.expected(name), values);
            }
        });
        return pairs;
    }

    /** Running statistics after one pass in training mode, of the first and the last normalisation. */
    private static void assertStatistics(GoldenCase golden, Graph graph, Network network) {
        for (String end : List.of("bn_first", "bn_last")) {
            if (!golden.json().has(end)) {
                continue;
            }
            String prefix = golden.get(end).asText();
            assertTrue(graph.batchNorms().contains(prefix), prefix);
            String full = PART + "." + prefix;
            golden.expected(end + "_running_mean").assertClose(network.read(full + ".running_mean"));
            golden.expected(end + "_running_var").assertClose(network.read(full + ".running_var"));
            golden.expected(end + "_num_batches").assertClose((double) network.passes(PART));
        }
        for (Op op : graph.ops()) {
            if (op instanceof Op.BatchNorm norm) {
                assertEquals(golden.get("bn_eps").asDouble(), norm.epsilon(), norm.prefix());
            }
        }
    }

    /**
     * The rule for kinks of golden/README.md, section 3. The input of a ReLU that lies within rounding of 0 may fall on the other
     * side than in the reference; then all gradient arrays of the case miss their bounds. So if any of them does, all of them are
     * accepted up to a relative L2 distance of 0.02, if they are right in float64. Only gradients, only of a network with such activations, and only because
     * features, loss and running statistics were found within their own bounds before. What is zero in theory stays zero with or
     * without a kink.
     *
     * @return what is out of bounds and not to be accepted
     */
    static List<String> refused(Map<Expected, float[]> gradients, boolean kinks) {
        List<String> missed = new ArrayList<>();
        boolean accepted = kinks;
        double largest = 0;
        for (Map.Entry<Expected, float[]> entry : gradients.entrySet()) {
            Expected.Deviation deviation = entry.getKey().compare(entry.getValue());
            if (!deviation.ok()) {
                missed.add(deviation.message());
                accepted &= !entry.getKey().analyticallyZero() && deviation.relL2() < KINK;
                largest = Math.max(largest, deviation.relL2());
            }
        }
        if (!missed.isEmpty() && accepted) {
            System.out.printf(
                    "accepted as a ReLU at its kink: %d of %d gradient arrays, relative L2 at most %.2g; %s%n",
                    missed.size(), gradients.size(), largest, missed.get(0));
            return List.of();
        }
        return missed;
    }

    private static boolean hasKinks(Graph graph) {
        return graph.ops().stream()
                .anyMatch(op -> op instanceof Op.Activation a && (a.kind() == Kind.RELU || a.kind() == Kind.RELU6));
    }

    private static Tensor image(TorchRuntime runtime, Scope scope, GoldenCase golden) {
        return runtime.channelsLast(scope, runtime.tensor(scope, golden.input("x"), golden.inputShape("x")));
    }
}
