package viewfit.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import viewfit.checks.GoldenCheck;
import viewfit.checks.GoldenTheme;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.Goldens;
import viewfit.graph.Graph;
import viewfit.graph.GraphBuilder;
import viewfit.graph.Init;

/**
 * Section 2: interpolation of the positional embedding and its gradient. A network of nothing but patches and tokens, its
 * other weights zero, returns the embedding it added.
 */
public final class PositionGoldens implements GoldenTheme {
    private static final String PART = "net";

    private static final String STEP =
            """
            def step(self, x: Tensor, w: Tensor, P: List[Tensor], B: List[Tensor], T: List[Tensor], G: List[Tensor]) -> Tensor:
              torch.set_grad_enabled(True)
              y = self.f(x, P, B)
              s = self.store(torch.autograd.grad([torch.sum(torch.mul(y, w))], T), G)
              return torch.detach(y)
            """;

    @Override
    public Map<String, GoldenCheck> checks() {
        return Map.of("pos_embed_interpolation", PositionGoldens::interpolation);
    }

    private static void interpolation(GoldenCase golden) {
        long[] shape = golden.inputShape("pos_embed");
        Graph graph = tokens((int) shape[1], (int) shape[2], golden.get("patch").asInt());
        long[] sides = GoldenCase.longs(golden.get("image_hw"));
        try (TorchRuntime runtime = TorchRuntime.open(Goldens.device(), 1)) {
            Network network = Network.allocate(runtime, Map.of(PART, graph), name -> false);
            network.write(PART + ".position", golden.input("pos_embed"));
            interpolation(runtime, golden, network, sides);
        }
    }

    private static void interpolation(TorchRuntime runtime, GoldenCase golden, Network network, long[] sides) {
        String text = runtime.script().training(network.graph(PART), "f") + Gradients.store(network) + STEP;
        try (Program program = runtime.compile(text);
                Gradients gradients = Gradients.of(network);
                Scope scope = runtime.scope()) {
            network.requireGradients();
            Tensor out = program.callOne(
                    scope,
                    "step",
                    runtime.zeros(scope, 1, 3, sides[0], sides[1]),
                    runtime.tensor(scope, golden.input("loss_w"), golden.inputShape("loss_w")),
                    network.parameters(PART),
                    network.buffers(PART),
                    network.trainable(),
                    gradients.targets());
            golden.expected("pos").assertClose(runtime.floats(out));
            golden.expected("grad").assertClose(gradients.read(PART + ".position"));
        }
    }

    private static Graph tokens(int tokens, int width, int patch) {
        GraphBuilder g = new GraphBuilder(PART, 3);
        Init zero = new Init.Constant(0);
        List<Integer> shape = new ArrayList<>(List.of(1, 1, width));
        String first = g.parameter("token", shape, zero);
        shape.set(1, tokens);
        String position = g.parameter("position", shape, zero);
        int grid = (int) Math.round(Math.sqrt(tokens - 1));
        return g.build(g.tokens(g.patches("patches", g.input(), width, patch), first, position, grid));
    }
}
