package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import viewfit.core.random.SeedTree;
import viewfit.graph.Graph;
import viewfit.graph.Kernels;
import viewfit.graph.TorchScript;
import viewfit.zoo.Backbones;
import viewfit.zoo.Heads;

/** The gradients of each network lie in memory of their own, as updates in place need it. */
class GradientsOfNetworksTest {
    static Stream<Arguments> cases() {
        Stream<Arguments> small = Backbones.names().stream().map(name -> arguments(Backbones.graph(name), 2, 32));
        Stream<Graph> heads = Stream.of(
                Heads.dino(8, 3, 16, 4, 12, true, true),
                Heads.dino(8, 3, 16, 4, 12, false, false),
                Heads.swav(8, 2, 16, 4, 12, true),
                Heads.moco(8, 2, 16, 4, true, false),
                Heads.linear(8, 5));
        // A transformer's positions are not resized at 224, and have the gradient of the class token in them if there
        // is one picture. 290 tokens take another form of attention than fewer do.
        Graph transformer = Backbones.graph("vit_tiny");
        Stream<Arguments> large = Stream.of(
                arguments(transformer, 1, 224), arguments(transformer, 2, 224), arguments(transformer, 1, 272));
        return Stream.of(small, heads.map(head -> arguments(head, 2, 0)), large).flatMap(all -> all);
    }

    /** @param side of the pictures, 0 if the input is features */
    @ParameterizedTest
    @MethodSource("cases")
    void shareNoMemory(Graph graph, int rows, int side) {
        for (Kernels kernels : List.of(new Kernels(true, false), new Kernels(false, false), new Kernels(true, true))) {
            try (TorchRuntime runtime = TorchRuntime.open("cpu", 1)) {
                assertSeparate(
                        runtime, kernels, graph, side == 0 ? new long[] {rows, 8} : new long[] {rows, 3, side, side});
            }
        }
    }

    /** Each is given a number of its own; all must still have it in the end. */
    private static void assertSeparate(TorchRuntime runtime, Kernels kernels, Graph graph, long[] shape) {
        Network network = Network.allocate(runtime, Map.of("net", graph), name -> false);
        network.initialise(SeedTree.root(2));
        network.requireGradients();
        String text = new TorchScript(kernels).training(graph, "f")
                + Gradients.store(network)
                + """
                def step(self, x: Tensor, W: List[Tensor], P: List[Tensor], B: List[Tensor], G: List[Tensor]) -> Tensor:
                  torch.set_grad_enabled(True)
                  y = self.f(x, P, B)
                  loss = torch.sum(torch.mul(y, y))
                  return self.store(torch.autograd.grad([loss], W), G)
                """;
        try (Program program = runtime.compile(text);
                Gradients gradients = Gradients.of(network);
                Scope scope = runtime.scope()) {
            Tensor x = input(runtime, scope, shape);
            List<Tensor> parameters = network.parameters("net");
            program.run("step", x, network.trainable(), parameters, network.buffers("net"), gradients.targets());
            List<String> names = network.trainableNames();
            for (int i = 0; i < names.size(); i++) {
                float[] values = new float[gradients.read(names.get(i)).length];
                Arrays.fill(values, i);
                gradients.write(names.get(i), values);
            }
            for (int i = 0; i < names.size(); i++) {
                int expected = i;
                float[] values = gradients.read(names.get(i));
                for (float v : values) {
                    assertEquals(expected, v, names.get(i));
                }
            }
        }
    }

    private static Tensor input(TorchRuntime runtime, Scope scope, long[] shape) {
        float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(i);
        }
        Tensor x = runtime.tensor(scope, values, shape);
        return shape.length == 4 ? runtime.channelsLast(scope, x) : x;
    }
}
