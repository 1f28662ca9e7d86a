package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.GoldenTensor;
import viewfit.goldens.Goldens;
import viewfit.graph.Graph;
import viewfit.graph.TorchScript;
import viewfit.zoo.Backbones;
import viewfit.zoo.Heads;

/** Networks, compiled, against the official code: features, losses, gradients, running statistics. */
class GoldenNetworkTest {
    /** loss = sum(out * w), as in every network golden. */
    private static final String STEP = Gradients.STORE
            + """
            def step(self, x: Tensor, w: Tensor, P: List[Tensor], B: List[Tensor], T: List[Tensor], G: List[Tensor]) -> List[Tensor]:
              torch.set_grad_enabled(True)
              y = self.f(x, P, B)
              loss = torch.sum(torch.mul(y, w))
              s = self.store(torch.autograd.grad([loss], T), G)
              return [torch.detach(y), torch.detach(loss)]
            """;

    private static TorchRuntime runtime;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    static List<GoldenCase> evaluations() {
        return known("backbone_eval");
    }

    static List<GoldenCase> trainings() {
        return known("backbone_train");
    }

    static List<GoldenCase> dinoHeads() {
        return Goldens.ssl().cases("head").stream()
                .filter(c -> c.id().startsWith("head/dino/"))
                .toList();
    }

    private static List<GoldenCase> known(String type) {
        return Goldens.ssl().cases(type).stream()
                .filter(c -> Backbones.names().contains(c.get("arch").asText()))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("evaluations")
    void features(GoldenCase golden) {
        Network network = filled(Backbones.graph(golden.get("arch").asText()), golden);
        try (Scope step = runtime.scope()) {
            Tensor x = image(step, golden.input("x"), golden.inputShape("x"));
            golden.expected("feat").assertClose(evaluate(network, x));
        }
    }

    /** U39: a picture's features do not depend on its neighbours in the batch. */
    @ParameterizedTest
    @MethodSource("evaluations")
    void featuresAreBatchSizeIndependent(GoldenCase golden) {
        Network network = filled(Backbones.graph(golden.get("arch").asText()), golden);
        long[] shape = golden.inputShape("x");
        float[] values = golden.input("x");
        float[] first = Arrays.copyOf(values, values.length / (int) shape[0]);
        try (Scope step = runtime.scope()) {
            float[] all = evaluate(network, image(step, values, shape));
            float[] alone = evaluate(network, image(step, first, 1, shape[1], shape[2], shape[3]));
            // Kernels choose their blocking by batch size: equal up to float rounding of sums of about 1000 terms.
            assertArrayEquals(Arrays.copyOf(all, alone.length), alone, 2e-4f);
        }
    }

    private static float[] evaluate(Network network, Tensor x) {
        try (Program program = runtime.compile(TorchScript.evaluation(network.graph("net"), "f"));
                Scope step = runtime.scope()) {
            return runtime.floats(program.callOne(step, "f", x, network.parameters("net"), network.buffers("net")));
        }
    }

    @ParameterizedTest
    @MethodSource("trainings")
    void gradientsAndStatistics(GoldenCase golden) {
        Network network = filled(Backbones.graph(golden.get("arch").asText()), golden);
        try (Scope step = runtime.scope()) {
            Tensor x = image(step, golden.input("x"), golden.inputShape("x"));
            Gradients gradients = train(golden, network, x, "loss_w", "feat");
            List<String> order = GoldenCase.strings(golden.get("grad_norms_order"));
            float[] norms = new float[order.size()];
            for (int i = 0; i < norms.length; i++) {
                norms[i] = norm(gradients.read("net." + order.get(i)));
            }
            golden.expected("grad_norms").assertClose(norms);
        }
        for (String end : List.of("first", "last")) {
            String norm = "net." + golden.get("bn_" + end).asText();
            golden.expected("bn_" + end + "_running_mean").assertClose(network.read(norm + ".running_mean"));
            golden.expected("bn_" + end + "_running_var").assertClose(network.read(norm + ".running_var"));
        }
    }

    @ParameterizedTest
    @MethodSource("dinoHeads")
    void heads(GoldenCase golden) {
        Network network = filled(headOf(golden), golden);
        assertEquals(
                GoldenCase.strings(golden.get("trainable")).stream()
                        .map(n -> "net." + n)
                        .sorted()
                        .toList(),
                network.trainableNames().stream().sorted().toList());
        try (Scope step = runtime.scope()) {
            Tensor x = runtime.tensor(step, golden.input("x"), golden.inputShape("x"));
            train(golden, network, x, "loss_w:logits", "out:logits");
        }
    }

    private static Gradients train(GoldenCase golden, Network network, Tensor x, String weights, String output) {
        network.requireGradients();
        Gradients gradients = Gradients.of(network);
        try (Program program = runtime.compile(TorchScript.training(network.graph("net"), "f") + STEP);
                Scope step = runtime.scope()) {
            List<Tensor> out = program.call(
                    step,
                    "step",
                    x,
                    runtime.tensor(step, golden.input(weights), golden.inputShape(weights)),
                    network.parameters("net"),
                    network.buffers("net"),
                    network.trainable(),
                    gradients.views());
            golden.expected(output).assertClose(runtime.floats(out.get(0)));
            golden.expected("loss").assertClose(runtime.scalar(out.get(1)));
        }
        for (String name : golden.expectedNames()) {
            if (name.startsWith("grad:")) {
                golden.expected(name).assertClose(gradients.read("net." + name.substring("grad:".length())));
            }
        }
        return gradients;
    }

    /** Reads the head's sizes off the listed tensors: layer 1 is [hidden, in], the last is [outDim, bottleneck]. */
    private static Graph headOf(GoldenCase golden) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        golden.tensors().forEach(t -> shapes.put(t.name(), t.shape()));
        boolean batchNorm = shapes.containsKey("mlp.1.running_mean");
        long layers = shapes.keySet().stream()
                .filter(n -> n.matches("mlp\\.\\d+\\.weight") && shapes.get(n).length == 2)
                .count();
        long[] first = shapes.get("mlp.0.weight");
        long[] last = shapes.get("last_layer.weight_v");
        boolean trainMagnitude = GoldenCase.strings(golden.get("trainable")).contains("last_layer.weight_g");
        return Heads.dino(
                (int) first[1], (int) layers, (int) first[0], (int) last[1], (int) last[0], batchNorm, trainMagnitude);
    }

    private static Network filled(Graph graph, GoldenCase golden) {
        Network network = Network.allocate(runtime, Map.of("net", graph), name -> name.contains("last_layer"));
        List<String> missing =
                new ArrayList<>(network.state().stream().map(p -> p.name()).toList());
        for (GoldenTensor t : golden.tensors()) {
            if (!t.kind().equals("zero_int64")) {
                network.write("net." + t.name(), t.values());
                missing.remove("net." + t.name());
            }
        }
        assertEquals(List.of(), missing, "tensors that the golden does not fill");
        return network;
    }

    private static Tensor image(Scope scope, float[] values, long... shape) {
        return runtime.channelsLast(scope, runtime.tensor(scope, values, shape));
    }

    private static float norm(float[] values) {
        double sum = 0;
        for (float v : values) {
            sum += (double) v * v;
        }
        return (float) Math.sqrt(sum);
    }
}
