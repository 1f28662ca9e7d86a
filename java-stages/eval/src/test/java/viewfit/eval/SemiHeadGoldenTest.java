package viewfit.eval;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import viewfit.engine.Gradients;
import viewfit.engine.Network;
import viewfit.engine.Program;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.GoldenTensor;
import viewfit.goldens.Goldens;
import viewfit.graph.Graph;
import viewfit.graph.GraphBuilder;
import viewfit.zoo.Heads;

/** The fine-tuning step's own program, with a backbone that does nothing, against the official classifier. */
class SemiHeadGoldenTest {
    /** Logits in training mode and the gradient that reaches the backbone: the step itself keeps both to itself. */
    private static final String LOOK =
            """
            def logits(self, x: Tensor, P: List[Tensor], B: List[Tensor], HP: List[Tensor], HB: List[Tensor]) -> Tensor:
              torch.set_grad_enabled(False)
              return self.head(self.backbone(x, P, B), HP, HB)
            def grad_x(self, x: Tensor, y: Tensor, P: List[Tensor], B: List[Tensor], HP: List[Tensor], HB: List[Tensor]) -> Tensor:
              torch.set_grad_enabled(True)
              v = torch.requires_grad_(torch.detach(x))
              loss = torch.cross_entropy_loss(self.head(self.backbone(v, P, B), HP, HB), y)
              g = torch.autograd.grad([loss], [v])
              torch.set_grad_enabled(False)
              return unchecked_cast(Tensor, g[0])
            """;

    @Test
    void logitsLossAndGradientsMatch() {
        GoldenCase golden = Goldens.ssl().byId("probe/semi_head/semi_mobilenet_v2");
        int width = (int) golden.inputShape("x")[1];
        int classes = golden.get("num_classes").asInt();
        GraphBuilder nothing = new GraphBuilder("identity", width);
        Map<String, Graph> parts = new LinkedHashMap<>();
        parts.put("backbone", nothing.build(nothing.input()));
        parts.put("head", Heads.semiSupervised(width, 2, 2048, true, classes));
        try (TorchRuntime runtime = TorchRuntime.open("cpu", 1)) {
            Network network = Network.allocate(runtime, parts, name -> false);
            Map<String, float[]> values = new LinkedHashMap<>();
            for (GoldenTensor tensor : golden.tensors()) {
                values.put(tensor.name(), tensor.values());
            }
            network.state().forEach(p -> {
                float[] value = values.get(SemiNames.official(p.name()));
                network.write(p.name(), value);
            });
            network.requireGradients();
            Gradients gradients = Gradients.of(network);
            try (Program program = runtime.compile(FineTuner.text(network) + LOOK);
                    Scope scope = runtime.scope()) {
                Tensor x = runtime.tensor(scope, golden.input("x"), golden.inputShape("x"));
                long[] labels = GoldenCase.longs(golden.get("labels"));
                Tensor y = runtime.tensor(scope, labels, labels.length);
                List<Tensor> none = List.of();
                List<Tensor> p = network.parameters("head");
                List<Tensor> b = network.buffers("head");
                Tensor loss =
                        program.callOne(scope, "step", x, y, none, none, p, b, network.trainable(), gradients.views());
                golden.expected("loss_scalars").assertClose(runtime.scalar(loss));
                golden.expected("logits")
                        .assertClose(runtime.floats(program.callOne(scope, "logits", x, none, none, p, b)));
                golden.expected("grad_x")
                        .assertClose(runtime.floats(program.callOne(scope, "grad_x", x, y, none, none, p, b)));
                golden.expected("grad_norms").assertClose(norms(golden, network, gradients));
            }
        }
    }

    private static float[] norms(GoldenCase golden, Network network, Gradients gradients) {
        Map<String, String> ours = new LinkedHashMap<>();
        network.trainableNames().forEach(name -> ours.put(SemiNames.official(name), name));
        List<Float> norms = new ArrayList<>();
        for (String name : GoldenCase.strings(golden.get("grad_norms_order"))) {
            double squares = 0;
            for (float v : gradients.read(ours.get(name))) {
                squares += (double) v * v;
            }
            norms.add((float) Math.sqrt(squares));
        }
        float[] all = new float[norms.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = norms.get(i);
        }
        return all;
    }
}
