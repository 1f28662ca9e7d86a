package viewfit.ssl;

import java.util.List;
import viewfit.engine.Network;
import viewfit.graph.TorchScript;

/**
 * SwAV as one TorchScript program: network, assignment, loss and backward pass in one native call, prototypes before
 * and queue after it.
 *
 * <p>Source: Caron et al. 2020 (arXiv:2006.09882), algorithm 1; weighting of the pairs by Tan, Saleh, Martinez 2023,
 * equation 3; order of the queue of saic-fi/SSLight.
 */
final class SwavProgram {
    /** What the report tensor holds, in order. */
    static final List<Measure> REPORT = List.of(
            Measure.LOSS,
            Measure.LOSS_GLOBAL,
            Measure.LOSS_LOCAL,
            Measure.TEACHER_ENTROPY,
            Measure.KL,
            Measure.FEATURE_STD,
            Measure.FEATURE_COSINE,
            Measure.TEACHER_INFORMATION,
            Measure.PROTOTYPES);

    private SwavProgram() {}

    /**
     * Rows are view-major, global views first; O are scores [views * n, K], Z unit embeddings [views * n, d].
     *
     * <ul>
     *   <li>{@code unit_rows}: prototypes get unit length, in place.
     *   <li>{@code sinkhorn}: scores [rows, K] to codes [rows, K] that sum to 1 per row: exp(scores / epsilon), then in
     *       turn every prototype to 1 / K of all, every row to 1 / rows. A constant added to all scores changes nothing,
     *       so the largest is taken off first and no epsilon overflows; a prototype so far from all rows that float32
     *       has 0 for it gets no share.
     *   <li>{@code codes}: codes of the assigned views [n, K] each, no gradient. A queue in use puts its scores under the
     *       current prototypes before the batch's.
     *   <li>{@code push}: new embeddings, in parts [views * n, d], to the front of a queue [rows, d], the oldest fall off its
     *       end.
     *   <li>{@code loss}: [loss, global part, local part, code entropy]. Every view but the assigned one predicts its
     *       code; with l the log-probabilities of the predictions each part is one product per assigned view.
     *   <li>{@code winners}: how often each of {@code k} prototypes had the largest share of a code.
     * </ul>
     */
    static final String LOSS_TEXT =
            """
            def unit_rows(self, W: Tensor) -> Tensor:
              torch.set_grad_enabled(False)
              return torch.div_(W, torch.clamp_min(torch.norm(W, 2, [1], True), 1.0e-12))
            def sinkhorn(self, scores: Tensor, epsilon: float, iterations: int) -> Tensor:
              torch.set_grad_enabled(False)
              rows = torch.size(scores, 0)
              k = torch.size(scores, 1)
              x = torch.div(scores, epsilon)
              q = torch.exp_(torch.sub_(x, torch.max(x)))
              q = torch.div_(q, torch.sum(q))
              for i in range(iterations):
                q = torch.div_(q, torch.mul(torch.clamp_min(torch.sum(q, [0], True), 1.0e-30), k))
                q = torch.div_(q, torch.mul(torch.sum(q, [1], True), rows))
              return torch.mul_(q, rows)
            def codes(self, O: Tensor, Q: Tensor, W: Tensor, assign: List[int], queued: bool, n: int, epsilon: float, iterations: int) -> List[Tensor]:
              torch.set_grad_enabled(False)
              codes = annotate(List[Tensor], [])
              for i in range(torch.len(assign)):
                scores = torch.narrow(torch.detach(O), 0, torch.mul(assign[i], n), n)
                if queued:
                  scores = torch.cat([torch.matmul(torch.select(Q, 0, i), torch.t(W)), scores], 0)
                else:
                  pass
                q = self.sinkhorn(scores, epsilon, iterations)
                torch.append(codes, torch.narrow(q, 0, torch.sub(torch.size(q, 0), n), n))
              return codes
            def push(self, Q: Tensor, Z: List[Tensor], assign: List[int], n: int) -> int:
              torch.set_grad_enabled(False)
              for i in range(torch.len(assign)):
                queue = torch.select(Q, 0, i)
                rows = annotate(List[Tensor], [])
                for p in range(torch.len(Z)):
                  torch.append(rows, torch.narrow(Z[p], 0, torch.mul(assign[i], n), n))
                kept = torch.sub(torch.size(queue, 0), torch.mul(torch.len(Z), n))
                torch.append(rows, torch.narrow(queue, 0, 0, kept))
                c = torch.copy_(queue, torch.cat(rows, 0))
              return 0
            def loss(self, O: Tensor, codes: List[Tensor], assign: List[int], views: int, globals: int, n: int, alpha: float, temperature: float) -> List[Tensor]:
              k = torch.size(O, 1)
              locals = torch.sub(views, globals)
              l = torch.view(torch.log_softmax(torch.div(O, temperature), 1), [views, n, k])
              all_globals = torch.sum(torch.narrow(l, 0, 0, globals), [0])
              count = torch.mul(torch.len(assign), n)
              global_sum = torch.zeros_like(torch.sum(O))
              entropy = torch.zeros_like(torch.sum(O))
              total = torch.zeros_like(codes[0])
              for i in range(torch.len(assign)):
                q = codes[i]
                others = torch.sub(all_globals, torch.select(l, 0, assign[i]))
                global_sum = torch.add(global_sum, torch.sum(torch.mul(q, others)))
                entropy = torch.sub(entropy, torch.sum(torch.mul(q, torch.log(torch.clamp_min(q, 1.0e-30)))))
                total = torch.add(total, q)
              global_part = torch.neg(torch.div(global_sum, torch.mul(count, torch.sub(globals, 1))))
              if torch.gt(locals, 0):
                product = torch.mul(total, torch.sum(torch.narrow(l, 0, globals, locals), [0]))
                r = self.weigh(global_part, torch.neg(torch.div(torch.sum(product), torch.mul(count, locals))), alpha)
              else:
                r = self.weigh(global_part, None, alpha)
              return [r[0], r[1], r[2], torch.div(entropy, count)]
            def loss_and_gradient(self, O: Tensor, codes: List[Tensor], assign: List[int], views: int, globals: int, n: int, alpha: float, temperature: float) -> List[Tensor]:
              torch.set_grad_enabled(True)
              o = torch.requires_grad_(torch.detach(O), True)
              r = self.loss(o, codes, assign, views, globals, n, alpha, temperature)
              g = unchecked_cast(Tensor, (torch.autograd.grad([r[0]], [o]))[0])
              torch.set_grad_enabled(False)
              return [torch.detach(torch.stack(r)), torch.detach(g)]
            def entropy_of(self, p: Tensor) -> Tensor:
              return torch.neg(torch.sum(torch.mul(p, torch.log(torch.clamp_min(p, 1.0e-30)))))
            def winners(self, codes: List[Tensor], k: int) -> Tensor:
              torch.set_grad_enabled(False)
              best = torch.argmax(torch.cat(codes, 0), 1)
              counts = torch.zeros([k], dtype=6, layout=None, device=best.device)
              return torch.scatter_add_(counts, 0, best, torch.ones_like(best, dtype=6))
            """;

    /**
     * One step up to the gradients, see {@link DinoProgram} for {@code X, D, P, B, W, G}. Returns [report, features,
     * scores, embeddings, winners].
     *
     * <p>{@code advance} moves queue and usage by what a step's parts of n images gave, and returns the mean of their reports.
     */
    private static final String STEP_TEXT =
            """
            def step(self, X: List[Tensor], D: List[Tensor], SP: List[Tensor], SB: List[Tensor], HP: List[Tensor], HB: List[Tensor], W: List[Tensor], G: List[Tensor], prototypes: Tensor, Q: Tensor, queued: int, views: int, globals: int, n: int, alpha: float, temperature: float, epsilon: float, iterations: int) -> List[Tensor]:
              assign = ASSIGN
              torch.set_grad_enabled(True)
              f = self.features(X, D, SP, SB)
              h = self.head(f, HP, HB)
              Z = h[0]
              O = h[1]
              codes = self.codes(O, Q, prototypes, assign, torch.gt(queued, 0), n, epsilon, iterations)
              torch.set_grad_enabled(True)
              r = self.loss(O, codes, assign, views, globals, n, alpha, temperature)
              gradients = torch.autograd.grad([r[0]], W)
              torch.set_grad_enabled(False)
              stored = self.store(gradients, G)
              entropy = torch.detach(r[3])
              information = torch.sub(self.entropy_of(torch.mean(torch.cat(codes, 0), [0])), entropy)
              rows = torch.mul(globals, n)
              predicted = torch.softmax(torch.div(torch.narrow(torch.detach(O), 0, 0, rows), temperature), 1)
              in_use = torch.exp(self.entropy_of(torch.mean(predicted, [0])))
              spread = self.spread(torch.narrow(f, 0, 0, rows), n)
              kl = torch.sub(torch.detach(r[0]), entropy)
              report = torch.stack([torch.detach(r[0]), torch.detach(r[1]), torch.detach(r[2]), entropy, kl, spread[0], spread[1], information, in_use])
              won = self.winners(codes, torch.size(O, 1))
              return [report, torch.detach(torch.narrow(f, 0, 0, n)), torch.detach(O), torch.detach(Z), won]
            def advance(self, Q: Tensor, usage: Tensor, Z: List[Tensor], won: List[Tensor], reports: List[Tensor], pushed: int, n: int) -> Tensor:
              torch.set_grad_enabled(False)
              if torch.gt(pushed, 0):
                p = self.push(Q, Z, ASSIGN, n)
              else:
                pass
              for i in range(torch.len(won)):
                u = torch.add_(usage, won[i])
              return self.mean_of(reports)
            """;

    /** The whole program for a backbone and a head. */
    static String text(Network student, List<Integer> assignViews, TorchScript script) {
        return SharedText.student(student, script)
                + script.trainingWithTaps(student.graph(MethodGraphs.HEAD), "head", List.of("embedding"))
                + LOSS_TEXT
                + STEP_TEXT.replace("ASSIGN", assignViews.toString());
    }
}
