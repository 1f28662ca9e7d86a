package viewfit.ssl;

import java.util.List;
import viewfit.engine.Network;
import viewfit.graph.TorchScript;

/** Classification as one TorchScript program: network, cross-entropy and backward pass in one native call. */
final class SupervisedProgram {
    /** What the report tensor holds, in order. */
    static final List<Measure> REPORT =
            List.of(Measure.LOSS, Measure.LOSS_GLOBAL, Measure.FEATURE_STD, Measure.FEATURE_COSINE, Measure.TOP1);

    private SupervisedProgram() {}

    /**
     * {@code loss}: logits [views * n, classes] and labels int64 [n], the same for every view, to [cross-entropy in nats with
     * smoothed targets, share of rows whose label has the largest logit].
     */
    static final String LOSS_TEXT =
            """
            def loss(self, logits: Tensor, labels: Tensor, smoothing: float) -> List[Tensor]:
              views = torch.floordiv(torch.size(logits, 0), torch.size(labels, 0))
              target = torch.repeat(labels, [views])
              value = torch.cross_entropy_loss(logits, target, None, 1, -100, smoothing)
              hits = torch.eq(torch.argmax(torch.detach(logits), 1), target)
              return [value, torch.div(torch.sum(hits), torch.size(target, 0))]
            def loss_and_gradient(self, logits: Tensor, labels: Tensor, smoothing: float) -> List[Tensor]:
              torch.set_grad_enabled(True)
              l = torch.requires_grad_(torch.detach(logits), True)
              r = self.loss(l, labels, smoothing)
              g = unchecked_cast(Tensor, (torch.autograd.grad([r[0]], [l]))[0])
              torch.set_grad_enabled(False)
              return [torch.detach(torch.stack(r)), torch.detach(g)]
            """;

    /** One step up to the gradients, see {@link DinoProgram}. Returns [report, features, logits]. */
    private static final String STEP_TEXT =
            """
            def step(self, X: List[Tensor], D: List[Tensor], SP: List[Tensor], SB: List[Tensor], HP: List[Tensor], HB: List[Tensor], W: List[Tensor], G: List[Tensor], labels: Tensor, smoothing: float) -> List[Tensor]:
              torch.set_grad_enabled(True)
              f = self.features(X, D, SP, SB)
              logits = self.head(f, HP, HB)
              r = self.loss(logits, labels, smoothing)
              gradients = torch.autograd.grad([r[0]], W)
              torch.set_grad_enabled(False)
              stored = self.store(gradients, G)
              n = torch.size(labels, 0)
              spread = self.spread(f, n)
              value = torch.detach(r[0])
              report = torch.stack([value, value, spread[0], spread[1], r[1]])
              return [report, torch.detach(torch.narrow(f, 0, 0, n)), torch.detach(logits)]
            def advance(self, reports: List[Tensor]) -> Tensor:
              torch.set_grad_enabled(False)
              return self.mean_of(reports)
            """;

    /** The whole program for a backbone and a classifier. */
    static String text(Network student, TorchScript script) {
        return SharedText.student(student, script)
                + script.training(student.graph(MethodGraphs.HEAD), "head")
                + LOSS_TEXT
                + STEP_TEXT;
    }
}
