package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import viewfit.checks.GoldenCheck;
import viewfit.checks.GoldenTheme;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.Goldens;
import viewfit.graph.Graph;
import viewfit.zoo.Heads;

/** Section 3: heads of all methods: outputs, gradients, running statistics, evaluation after one pass in training mode. */
public final class HeadGoldens implements GoldenTheme {
    private static final String PART = "net";
    private static final String GRADIENT = "grad:";

    /** loss = sum over the outputs of sum(output * weight). */
    private static final String STEP =
            """
            def step(self, x: Tensor, w: List[Tensor], which: List[Tensor], P: List[Tensor], B: List[Tensor], T: List[Tensor], G: List[Tensor]) -> List[Tensor]:
              torch.set_grad_enabled(True)
              v = torch.requires_grad_(torch.detach(x))
              y = self.f(v, P, B)
              loss = torch.zeros_like(torch.sum(v))
              for i in range(torch.len(w)):
                loss = torch.add(loss, torch.sum(torch.mul(y[int(which[i])], w[i])))
              gx = torch.autograd.grad([loss], [v], None, True)
              s = self.store(torch.autograd.grad([loss], T), G)
              r = [torch.detach(loss), unchecked_cast(Tensor, gx[0])]
              for i in range(torch.len(y)):
                torch.append(r, torch.detach(y[i]))
              return r
            """;

    @Override
    public Map<String, GoldenCheck> checks() {
        return Map.of("head", HeadGoldens::head);
    }

    /** Names of the outputs in the order in which the compiled functions return them: the tap, then the result. */
    private static List<String> outputs(String head) {
        return switch (head) {
            case "DINO" -> List.of("bottleneck", "logits");
            case "SwAV" -> List.of("embedding", "logits");
            default -> List.of("out");
        };
    }

    private static Graph graph(GoldenCase golden) {
        JsonNode h = golden.get("hyper");
        int in = h.get("in_dim").asInt();
        int layers = h.get("nlayers").asInt();
        int hidden = h.get("hidden_dim").asInt();
        int out = h.get("out_dim").asInt();
        boolean bn = h.get("use_bn").asBoolean();
        return switch (golden.get("head").asText()) {
            case "DINO" ->
                Heads.dino(
                        in,
                        layers,
                        hidden,
                        h.get("bottleneck_dim").asInt(),
                        out,
                        bn,
                        !h.get("norm_last_layer").asBoolean());
            case "SwAV" ->
                Heads.swav(in, layers, hidden, out, h.get("prototypes").asInt(), bn);
            case "MoCo" -> Heads.moco(in, layers, hidden, out, bn, false);
            default -> throw new AssertionError("no head " + golden.get("head"));
        };
    }

    private static void head(GoldenCase golden) {
        Graph graph = graph(golden);
        List<String> outputs = outputs(golden.get("head").asText());
        try (TorchRuntime runtime = TorchRuntime.open(Goldens.device(), 1)) {
            head(runtime, golden, GoldenNetworks.filled(runtime, PART, graph, golden.tensors()), outputs);
        }
    }

    private static void head(TorchRuntime runtime, GoldenCase golden, Network network, List<String> outputs) {
        Graph graph = network.graph(PART);
        List<String> taps = outputs.subList(0, outputs.size() - 1);
        String text = runtime.script().trainingWithTaps(graph, "f", taps)
                + runtime.script().evaluationWithTaps(graph, "e", taps)
                + Gradients.store(network)
                + STEP;
        try (Program program = runtime.compile(text);
                Gradients gradients = Gradients.of(network);
                Scope scope = runtime.scope()) {
            assertEquals(
                    GoldenCase.strings(golden.get("trainable")).stream()
                            .map(n -> PART + "." + n)
                            .sorted()
                            .toList(),
                    network.trainableNames().stream().sorted().toList());
            unitRows(network, golden.get("normalized_rows"));
            network.requireGradients();
            Tensor x = runtime.tensor(scope, golden.input("x"), golden.inputShape("x"));
            List<Tensor> weights = new ArrayList<>();
            List<Tensor> which = new ArrayList<>();
            for (int i = 0; i < outputs.size(); i++) {
                String name = "loss_w:" + outputs.get(i);
                if (golden.get("inputs").has(name)) {
                    weights.add(runtime.tensor(scope, golden.input(name), golden.inputShape(name)));
                    which.add(runtime.tensor(scope, new long[] {i}, 1));
                }
            }
            List<Tensor> r = program.call(
                    scope,
                    "step",
                    x,
                    weights,
                    which,
                    network.parameters(PART),
                    network.buffers(PART),
                    network.trainable(),
                    gradients.targets());
            golden.expected("loss").assertClose(runtime.scalar(r.get(0)));
            golden.expected("grad_x").assertClose(runtime.floats(r.get(1)));
            for (int i = 0; i < outputs.size(); i++) {
                golden.expected("out:" + outputs.get(i)).assertClose(runtime.floats(r.get(2 + i)));
            }
            named(golden, network, gradients);
            List<Tensor> e = program.call(scope, "e", x, network.parameters(PART), network.buffers(PART));
            for (int i = 0; i < outputs.size(); i++) {
                golden.expected("eval_out:" + outputs.get(i)).assertClose(runtime.floats(e.get(i)));
            }
        }
    }

    private static void named(GoldenCase golden, Network network, Gradients gradients) {
        for (String name : golden.expectedNames()) {
            String rest = name.substring(name.indexOf(':') + 1);
            if (name.startsWith(GRADIENT)) {
                golden.expected(name).assertClose(gradients.read(PART + "." + rest));
            } else if (name.startsWith("running_")) {
                String kind = name.substring(0, name.indexOf(':'));
                golden.expected(name).assertClose(network.read(PART + "." + rest + "." + kind));
            }
        }
    }

    private static void unitRows(Network network, JsonNode name) {
        if (name.isNull()) {
            return;
        }
        String full = PART + "." + name.asText();
        float[] values = network.read(full);
        int width = (int) network.tensor(full).shape()[1];
        for (int row = 0; row < values.length; row += width) {
            double squares = 0;
            for (int i = row; i < row + width; i++) {
                squares += (double) values[i] * values[i];
            }
            for (int i = row; i < row + width; i++) {
                values[i] /= (float) Math.sqrt(squares);
            }
        }
        network.write(full, values);
    }
}
