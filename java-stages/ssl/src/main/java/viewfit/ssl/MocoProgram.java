package viewfit.ssl;

import java.util.List;
import viewfit.engine.Network;
import viewfit.graph.TorchScript;

/**
 * MoCo as one TorchScript program: both encoders, the loss and the backward pass in one native call; the key encoder
 * moves before, the queue after it.
 *
 * <p>Source: He et al. 2020 (arXiv:1911.05722), algorithm 1, and Chen et al. 2020 (arXiv:2003.04297); several queries,
 * their weighting and the order of updates of saic-fi/SSLight.
 */
final class MocoProgram {
    /** What the report tensor holds, in order. */
    static final List<Measure> REPORT = List.of(
            Measure.LOSS,
            Measure.LOSS_GLOBAL,
            Measure.LOSS_LOCAL,
            Measure.FEATURE_STD,
            Measure.FEATURE_COSINE,
            Measure.TOP1);

    private MocoProgram() {}

    /**
     * Queries are view-major: the global query first, then the local ones; [queries * n, d].
     *
     * <ul>
     *   <li>{@code logits}: unit queries and keys, queue [d, K] to [queries * n, 1 + K]: the own key first, then the queue,
     *       all over the temperature.
     *   <li>{@code loss}: [loss, global part, local part], the cross-entropies of the own key among all.
     *   <li>{@code push}: keys [n, d] to the columns of the queue from {@code pointer} on.
     *   <li>{@code top1}: share of the first n rows whose own key has the largest logit.
     * </ul>
     */
    static final String LOSS_TEXT =
            """
            def logits(self, q: Tensor, k: Tensor, queue: Tensor, temperature: float) -> Tensor:
              queries = torch.floordiv(torch.size(q, 0), torch.size(k, 0))
              own = torch.sum(torch.mul(q, torch.repeat(k, [queries, 1])), [1], True)
              return torch.div(torch.cat([own, torch.matmul(q, queue)], 1), temperature)
            def loss(self, logits: Tensor, n: int, alpha: float) -> List[Tensor]:
              each = torch.sub(torch.logsumexp(logits, [1]), torch.select(logits, 1, 0))
              global_part = torch.mean(torch.narrow(each, 0, 0, n))
              rest = torch.sub(torch.size(logits, 0), n)
              if torch.gt(rest, 0):
                r = self.weigh(global_part, torch.mean(torch.narrow(each, 0, n, rest)), alpha)
              else:
                r = self.weigh(global_part, None, alpha)
              return r
            def loss_and_gradient(self, L: Tensor, n: int, alpha: float) -> List[Tensor]:
              torch.set_grad_enabled(True)
              l = torch.requires_grad_(torch.detach(L), True)
              r = self.loss(l, n, alpha)
              g = unchecked_cast(Tensor, (torch.autograd.grad([r[0]], [l]))[0])
              torch.set_grad_enabled(False)
              return [torch.detach(torch.stack(r)), torch.detach(g)]
            def push(self, queue: Tensor, k: Tensor, pointer: int) -> Tensor:
              torch.set_grad_enabled(False)
              return torch.copy_(torch.narrow(queue, 1, pointer, torch.size(k, 0)), torch.t(k))
            def top1(self, logits: Tensor, n: int) -> Tensor:
              best = torch.argmax(torch.narrow(logits, 0, 0, n), 1)
              return torch.div(torch.sum(torch.eq(best, 0)), n)
            def unit_columns(self, queue: Tensor) -> Tensor:
              torch.set_grad_enabled(False)
              return torch.div_(queue, torch.clamp_min(torch.norm(queue, 2, [0], True), 1.0e-12))
            """;

    /**
     * Batch normalisation in parts, as on several GPUs without synchronised statistics: part g takes images
     * [g n / parts, (g + 1) n / parts) of every view. The first part alone moves the running statistics, as the files of
     * such a run hold those of its first GPU.
     */
    private static final String PARTS_TEXT =
            """
            def slice(self, x: Tensor, n: int, part: int, parts: int) -> Tensor:
              m = torch.floordiv(n, parts)
              views = torch.floordiv(torch.size(x, 0), n)
              pieces = annotate(List[Tensor], [])
              for v in range(views):
                torch.append(pieces, torch.narrow(x, 0, torch.add(torch.mul(v, n), torch.mul(part, m)), m))
              return torch.cat(pieces, 0)
            def own(self, B: List[Tensor], part: int) -> List[Tensor]:
              if torch.eq(part, 0):
                b = B
              else:
                b = annotate(List[Tensor], [])
                for i in range(torch.len(B)):
                  torch.append(b, torch.clone(B[i]))
              return b
            def join(self, pieces: List[Tensor], n: int) -> Tensor:
              m = torch.floordiv(n, torch.len(pieces))
              views = torch.floordiv(torch.size(pieces[0], 0), m)
              d = torch.size(pieces[0], 1)
              shaped = annotate(List[Tensor], [])
              for i in range(torch.len(pieces)):
                torch.append(shaped, torch.view(pieces[i], [views, m, d]))
              return torch.reshape(torch.cat(shaped, 1), [torch.mul(views, n), d])
            """;

    /**
     * One step up to the gradients, see {@link DinoProgram} for {@code X, D, P, B, W, G}; {@code shuffle} are the order of
     * the keys and its inverse, int64 [2, n], looked at when {@code parts > 1}. Returns [report, features, logits, keys].
     *
     * <p>{@code move_key} comes first, so that the key encoder encodes where it has moved to. {@code advance} puts the keys of
     * a step's parts into the queue, which all of them were scored against before, and returns the mean of their reports.
     */
    private static final String STEP_TEXT =
            """
            def keys(self, x: Tensor, TP: List[Tensor], TB: List[Tensor], UP: List[Tensor], UB: List[Tensor], shuffle: Tensor, parts: int) -> Tensor:
              torch.set_grad_enabled(False)
              n = torch.size(x, 0)
              if torch.gt(parts, 1):
                shuffled = torch.index_select(x, 0, torch.select(shuffle, 0, 0))
                pieces = annotate(List[Tensor], [])
                for g in range(parts):
                  f = self.teacher_backbone(self.slice(shuffled, n, g, parts), TP, self.own(TB, g))
                  torch.append(pieces, self.head(f, UP, self.own(UB, g)))
                k = torch.index_select(self.join(pieces, n), 0, torch.select(shuffle, 0, 1))
              else:
                k = self.head(self.teacher_backbone(x, TP, TB), UP, UB)
              return self.normalize(k)
            def queries(self, X: List[Tensor], D: List[Tensor], SP: List[Tensor], SB: List[Tensor], HP: List[Tensor], HB: List[Tensor], n: int, parts: int) -> List[Tensor]:
              if torch.gt(parts, 1):
                features = annotate(List[Tensor], [])
                outputs = annotate(List[Tensor], [])
                for g in range(parts):
                  x = annotate(List[Tensor], [])
                  for i in range(torch.len(X)):
                    torch.append(x, self.slice(X[i], n, g, parts))
                  f_g = self.features(x, D, SP, self.own(SB, g))
                  torch.append(features, f_g)
                  torch.append(outputs, self.head(f_g, HP, self.own(HB, g)))
                f = self.join(features, n)
                q = self.join(outputs, n)
              else:
                f = self.features(X, D, SP, SB)
                q = self.head(f, HP, HB)
              return [f, self.normalize(q)]
            def move_key(self, key: Tensor, query: Tensor, momentum: float) -> Tensor:
              torch.set_grad_enabled(False)
              return torch.lerp_(key, query, torch.sub(1., momentum))
            def step(self, X: List[Tensor], D: List[Tensor], SP: List[Tensor], SB: List[Tensor], HP: List[Tensor], HB: List[Tensor], TP: List[Tensor], TB: List[Tensor], UP: List[Tensor], UB: List[Tensor], W: List[Tensor], G: List[Tensor], queue: Tensor, shuffle: Tensor, parts: int, n: int, alpha: float, temperature: float) -> List[Tensor]:
              k = self.keys(torch.narrow(X[0], 0, 0, n), TP, TB, UP, UB, shuffle, parts)
              torch.set_grad_enabled(True)
              first = torch.narrow(X[0], 0, n, torch.sub(torch.size(X[0], 0), n))
              passes = torch.add([first], torch.slice(X, 1))
              rows = torch.sub(torch.size(D[0], -1), n)
              if torch.eq(torch.size(D[0], -1), torch.size(X[0], 0)):
                factors = torch.add([torch.narrow(D[0], -1, n, rows)], torch.slice(D, 1))
              else:
                factors = D
              o = self.queries(passes, factors, SP, SB, HP, HB, n, parts)
              l = self.logits(o[1], k, queue, temperature)
              r = self.loss(l, n, alpha)
              gradients = torch.autograd.grad([r[0]], W)
              torch.set_grad_enabled(False)
              stored = self.store(gradients, G)
              spread = self.spread(torch.narrow(o[0], 0, 0, n), n)
              report = torch.stack([torch.detach(r[0]), torch.detach(r[1]), torch.detach(r[2]), spread[0], spread[1], self.top1(torch.detach(l), n)])
              return [report, torch.detach(torch.narrow(o[0], 0, 0, n)), torch.detach(l), k]
            def advance(self, queue: Tensor, keys: List[Tensor], reports: List[Tensor], pointer: int) -> Tensor:
              torch.set_grad_enabled(False)
              for i in range(torch.len(keys)):
                column = torch.add(pointer, torch.mul(i, torch.size(keys[i], 0)))
                pushed = self.push(queue, keys[i], column)
              return self.mean_of(reports)
            """;

    /** The whole program for a backbone and a head. */
    static String text(Network student, TorchScript script) {
        return SharedText.student(student, script)
                + SharedText.teacher(student, script)
                + script.training(student.graph(MethodGraphs.HEAD), "head")
                + LOSS_TEXT
                + PARTS_TEXT
                + STEP_TEXT;
    }
}
