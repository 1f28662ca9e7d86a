package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import viewfit.graph.Graph;
import viewfit.graph.Init;
import viewfit.graph.Parameter;

/** Gradients lie over memory of their own between a backward pass and the update, and over none otherwise. */
class GradientsTest {
    private static final int ALL = 3 * 2 * 3 * 5 + 4 * 7 + 9 + 4 * 9;
    private static TorchRuntime runtime;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    /** A convolution, a matrix, a vector and a depth-wise convolution, none of a size that is a multiple of a cache line. */
    private static Network network() {
        List<Parameter> parameters = List.of(
                parameter("c", 3, 2, 3, 5), parameter("m", 4, 7), parameter("v", 9), parameter("d", 4, 1, 3, 3));
        Graph graph = new Graph("p", 1, List.of(), parameters, List.of(), 0, 1, Map.of());
        Network network = Network.allocate(runtime, Map.of("p", graph), name -> name.equals("p.m"));
        int next = 1;
        for (Parameter p : network.state()) {
            float[] values = new float[p.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = next++;
            }
            network.write(p.name(), values);
        }
        network.requireGradients();
        return network;
    }

    private static Parameter parameter(String name, Integer... shape) {
        return new Parameter(name, List.of(shape), new Init.Constant(0), true);
    }

    /** One number for all places, another memory order, and the order of the parameter: all come out in that of the parameter. */
    @Test
    void keptInTheMemoryOrderOfTheParameters() {
        Network network = network();
        String text = Gradients.store(network)
                + """
                def step(self, W: List[Tensor], G: List[Tensor]) -> Tensor:
                  values = annotate(List[Optional[Tensor]], [])
                  for i in range(torch.len(W)):
                    w = torch.detach(W[i])
                    if torch.eq(i, 0):
                      g = torch.contiguous(w, memory_format=0)
                    else:
                      if torch.eq(i, 3):
                        g = torch.t(torch.contiguous(torch.t(w)))
                      else:
                        g = torch.expand(torch.reshape(torch.detach(torch.sum(w)), torch.mul([1], torch.dim(w))), torch.size(w))
                    torch.append(values, g)
                  return self.store(values, G)
                """;
        try (Gradients gradients = Gradients.of(network);
                Program program = runtime.compile(text)) {
            program.run("step", network.trainable(), gradients.targets());
            List<String> names = network.trainableNames();
            for (int i = 0; i < names.size(); i++) {
                float[] weights = network.read(names.get(i));
                float[] expected = weights.clone();
                if (i == 1 || i == 2) {
                    float sum = 0;
                    for (float w : weights) {
                        sum += w;
                    }
                    Arrays.fill(expected, sum);
                }
                // Sums of whole numbers below 2^24: exact in any order.
                assertArrayEquals(expected, gradients.read(names.get(i)), names.get(i));
                assertArrayEquals(
                        strides(network.trainable().get(i)),
                        strides(gradients.views().get(i)),
                        names.get(i));
            }
        }
    }

    /** Between the passes of a mean only their sum takes memory; the mean itself is there for the update. */
    @Test
    void aPassOfAMeanGivesItsGradientsBack() {
        Network network = network();
        try (Gradients gradients = Gradients.of(network);
                GradientMean mean = GradientMean.of(gradients, 2)) {
            differentiate(network, gradients);
            mean.add(0);
            assertThrows(IllegalStateException.class, gradients::views);
            differentiate(network, gradients);
            mean.add(1);
            assertArrayEquals(network.read("p.c"), gradients.read("p.c"));
        }
    }

    /** A matrix that lies as its parameter does is taken as it is. */
    @Test
    void nothingIsCopiedThatLiesRight() {
        Network network = network();
        String text = Gradients.store(network)
                + """
                def step(self, W: List[Tensor], G: List[Tensor]) -> Tensor:
                  values = annotate(List[Optional[Tensor]], [])
                  for i in range(torch.len(W)):
                    torch.append(values, torch.mul(torch.detach(W[i]), 2.))
                  stored = self.store(values, G)
                  same = annotate(List[bool], [])
                  for i in range(torch.len(W)):
                    torch.append(same, torch.is_set_to(G[i], unchecked_cast(Tensor, values[i])))
                  return torch.to(torch.tensor(same), 6)
                """;
        try (Gradients gradients = Gradients.of(network);
                Program program = runtime.compile(text);
                Scope scope = runtime.scope()) {
            float[] same = runtime.floats(program.callOne(scope, "step", network.trainable(), gradients.targets()));
            // Convolution, depth-wise convolution, vector, matrix.
            assertArrayEquals(new float[] {1, 1, 0, 1}, same);
        }
    }

    private static float[] strides(Tensor tensor) {
        String text = "def f(self, x: Tensor) -> Tensor:\n  return torch.to(torch.tensor(torch.stride(x)), 6)\n";
        try (Program program = runtime.compile(text);
                Scope scope = runtime.scope()) {
            return runtime.floats(program.callOne(scope, "f", tensor));
        }
    }

    /** The gradient of half the sum of squares is the tensor itself. */
    private static void differentiate(Network network, Gradients gradients) {
        String text = Gradients.store(network)
                + """
                def step(self, W: List[Tensor], G: List[Tensor]) -> Tensor:
                  torch.set_grad_enabled(True)
                  loss = torch.div(torch.sum(torch.mul(W[0], W[0])), 2.)
                  for i in range(torch.sub(torch.len(W), 1)):
                    w = W[torch.add(i, 1)]
                    loss = torch.add(loss, torch.div(torch.sum(torch.mul(w, w)), 2.))
                  stored = self.store(torch.autograd.grad([loss], W), G)
                  return torch.detach(loss)
                """;
        try (Program program = runtime.compile(text)) {
            program.run("step", network.trainable(), gradients.targets());
        }
    }

    @Test
    void storedInTheLayoutOfTheParameters() {
        Network network = network();
        try (Gradients gradients = Gradients.of(network);
                Scope scope = runtime.scope()) {
            differentiate(network, gradients);
            for (String name : network.trainableNames()) {
                assertArrayEquals(network.read(name), gradients.read(name), name);
            }
            // 1 + 4 + ... + n^2, exact in float32 up to rounding of the root.
            double squares = ALL * (ALL + 1.0) * (2 * ALL + 1) / 6;
            assertEquals(Math.sqrt(squares), runtime.scalar(gradients.norm(scope)), 1e-3);
        }
    }

    @Test
    void goneOnceUsedAndBackWithTheNextPass() {
        Network network = network();
        try (Gradients gradients = Gradients.of(network);
                Scope scope = runtime.scope()) {
            assertThrows(IllegalStateException.class, gradients::views);
            differentiate(network, gradients);
            gradients.release();
            assertThrows(IllegalStateException.class, () -> gradients.read("p.v"));
            assertThrows(IllegalStateException.class, () -> gradients.norm(scope));
            gradients.write("p.v", new float[9]);
            gradients.write("p.m", new float[28]);
            assertEquals(0, runtime.scalar(gradients.norm(scope)));
            differentiate(network, gradients);
            assertArrayEquals(network.read("p.c"), gradients.read("p.c"));
        }
    }
}
