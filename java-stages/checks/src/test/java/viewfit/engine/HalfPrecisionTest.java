package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.Goldens;
import viewfit.graph.Graph;
import viewfit.graph.Kernels;
import viewfit.graph.TorchScript;
import viewfit.zoo.Backbones;

/** Features of the golden backbones in bfloat16, in the form for processors and in that for GPUs, which a processor computes too. */
class HalfPrecisionTest {
    private static final String PART = "net";

    /**
     * Bound of the relative L2 distance to the float32 features of the official code. Each of at most 53 layers in a row rounds its
     * inputs to 8 bits, by 2^-9 at most and half of that on average: errors that add as a random walk come to .7 %. Measured: .5 to
     * 1 %.
     */
    private static final double BOUND = 0.015;

    /** The same of MobileNetV2, whose thin bottlenecks are not normalised by a ReLU and pass every error on: 4 to 6 % measured. */
    private static final double BOUND_OF_BOTTLENECKS = 0.1;

    @TestFactory
    List<DynamicTest> featuresAreThoseOfFloat32() {
        List<DynamicTest> tests = new ArrayList<>();
        for (GoldenCase golden : Goldens.given().cases()) {
            if (golden.type().equals("backbone_eval")) {
                for (boolean processor : new boolean[] {true, false}) {
                    tests.add(DynamicTest.dynamicTest(
                            golden.id() + (processor ? ", processor" : ", GPU"), () -> compare(golden, processor)));
                }
            }
        }
        assertTrue(tests.size() >= 2, "no case of a backbone");
        return tests;
    }

    private static void compare(GoldenCase golden, boolean processor) {
        Graph graph = Backbones.graph(golden.get("arch").asText());
        String text = new TorchScript(new Kernels(processor, true)).evaluation(graph, "f");
        try (TorchRuntime runtime = TorchRuntime.open(Goldens.device(), 1);
                Program program = runtime.compile(text);
                Scope scope = runtime.scope()) {
            Network network = GoldenNetworks.filled(runtime, PART, graph, golden.tensors());
            Tensor x = runtime.channelsLast(scope, runtime.tensor(scope, golden.input("x"), golden.inputShape("x")));
            float[] features =
                    runtime.floats(program.callOne(scope, "f", x, network.parameters(PART), network.buffers(PART)));
            double distance = golden.expected("feat").compare(features).relL2();
            System.out.printf("%s, %s: relative L2 %.4f%n", golden.id(), processor ? "processor" : "GPU", distance);
            assertTrue(distance > 0, "nothing was rounded");
            double bound = graph.name().startsWith("mobilenet") ? BOUND_OF_BOTTLENECKS : BOUND;
            assertTrue(distance < bound, "relative L2 distance " + distance + ": must be below " + bound);
        }
    }
}
