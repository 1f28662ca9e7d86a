package viewfit.ssl;

import viewfit.engine.Gradients;
import viewfit.engine.Network;
import viewfit.graph.TorchScript;

/** TorchScript that the programs of all methods share. */
final class SharedText {
    /**
     * <ul>
     *   <li>{@code features}: every backbone pass of a student, one after the other, rows in the order of the views:
     *       batch norms see one pass at a time. {@code D} holds the stochastic-depth factors of each pass.
     *   <li>{@code normalize}: rows divided by max(norm, 1e-12).
     *   <li>{@code spread}: [mean standard deviation per dimension of the L2-normalised rows of F, mean cosine of two
     *       different rows among the first n].
     *   <li>{@code mean_of}: mean of the reports of a step's parts.
     *   <li>{@code weigh}: [loss, global part, local part] from the two parts; without local views the loss is the
     *       global part, whatever alpha is.
     * </ul>
     */
    static final String MEASURES =
            """
            def normalize(self, f: Tensor) -> Tensor:
              return torch.div(f, torch.clamp_min(torch.norm(f, 2, [1], True), 1.0e-12))
            def spread(self, f: Tensor, n: int) -> List[Tensor]:
              z = self.normalize(torch.detach(f))
              first = torch.sum(torch.narrow(z, 0, 0, n), [0])
              others = torch.sub(torch.sum(torch.mul(first, first)), n)
              cosine = torch.div(others, torch.mul(n, torch.sub(n, 1)))
              return [torch.mean(torch.std(z, [0], False)), cosine]
            def mean_of(self, reports: List[Tensor]) -> Tensor:
              return torch.mean(torch.stack(reports), [0], False)
            def weigh(self, global_part: Tensor, local_part: Optional[Tensor], alpha: float) -> List[Tensor]:
              if torch.__isnot__(local_part, None):
                part = unchecked_cast(Tensor, local_part)
                value = torch.add(torch.mul(global_part, alpha), torch.mul(part, torch.sub(1., alpha)))
              else:
                part = torch.zeros_like(global_part)
                value = global_part
              return [value, global_part, part]
            """;

    private static final String FEATURES =
            """
            def features(self, X: List[Tensor], D: List[Tensor], P: List[Tensor], B: List[Tensor]) -> Tensor:
              parts = annotate(List[Tensor], [])
              for i in range(torch.len(X)):
                torch.append(parts, self.backbone(X[i], P, B, D[i]))
              return torch.cat(parts, 0)
            """;

    private SharedText() {}

    /** Functions {@code backbone} (a student's), {@code features} and {@code store} beside {@link #MEASURES}. */
    static String student(Network student, TorchScript script) {
        return script.student(student.graph(MethodGraphs.BACKBONE), "backbone")
                + FEATURES
                + Gradients.store(student)
                + MEASURES;
    }

    /** Function {@code teacher_backbone}: trains batch norms, drops no branch. */
    static String teacher(Network student, TorchScript script) {
        return script.training(student.graph(MethodGraphs.BACKBONE), "teacher_backbone");
    }
}
