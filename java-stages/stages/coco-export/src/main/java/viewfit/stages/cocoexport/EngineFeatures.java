package viewfit.stages.cocoexport;

import java.util.List;
import java.util.Map;
import viewfit.engine.Network;
import viewfit.engine.Program;
import viewfit.engine.Scope;
import viewfit.engine.TorchRuntime;
import viewfit.formats.Tensor;
import viewfit.graph.Graph;

/** Features of a backbone in evaluation mode, by the engine that trains and scores. */
final class EngineFeatures {
    private static final String PART = "backbone";

    private EngineFeatures() {}

    /**
     * In float64, rounded at the end: the same bits whatever the order in which a machine adds.
     *
     * @param x inputs [n, 3, height, width], float32
     * @return features [n, width]
     */
    static Tensor exact(Graph graph, List<Tensor> tensors, Tensor x) {
        try (TorchRuntime runtime = TorchRuntime.openDouble(1)) {
            return Tensor.f32("y", new long[] {x.shape()[0], graph.outputWidth()}, compute(runtime, graph, tensors, x));
        }
    }

    /** In float32, as the engine computes elsewhere: row-major [n, width]. */
    static float[] single(Graph graph, List<Tensor> tensors, Tensor x) {
        try (TorchRuntime runtime = TorchRuntime.open("cpu", 0)) {
            return compute(runtime, graph, tensors, x);
        }
    }

    private static float[] compute(TorchRuntime runtime, Graph graph, List<Tensor> tensors, Tensor x) {
        Network network = Network.allocate(runtime, Map.of(PART, graph), name -> false);
        tensors.stream()
                .filter(t -> network.state().stream().anyMatch(p -> p.name().equals(PART + "." + t.name())))
                .forEach(t -> network.write(PART + "." + t.name(), t.floats()));
        String text = runtime.script().evaluation(graph, PART)
                + """
                def features(self, x: Tensor, P: List[Tensor], B: List[Tensor]) -> Tensor:
                  torch.set_grad_enabled(False)
                  return self.backbone(x, P, B)
                """;
        try (Program program = runtime.compile(text);
                Scope call = runtime.scope()) {
            viewfit.engine.Tensor input = runtime.tensor(call, x.floats(), x.shape());
            return runtime.floats(
                    program.callOne(call, "features", input, network.parameters(PART), network.buffers(PART)));
        }
    }
}
