package viewfit.ssl;

import java.util.List;
import viewfit.engine.Network;
import viewfit.graph.TorchScript;

/**
 * DINO as one TorchScript program: both networks, the loss and the backward pass in one native call, the centre in a
 * second one.
 *
 * <p>Source: Caron et al. 2021 (arXiv:2104.14294), algorithm 1; weighting of the pairs by Tan, Saleh, Martinez 2023
 * (arXiv 2210.02808), equation 3; forward order and centre of saic-fi/SSLight.
 */
final class DinoProgram {
    /** What {@code advance} returns, in order; {@code step} leaves out the last. */
    static final List<Measure> REPORT = List.of(
            Measure.LOSS,
            Measure.LOSS_GLOBAL,
            Measure.LOSS_LOCAL,
            Measure.TEACHER_ENTROPY,
            Measure.KL,
            Measure.FEATURE_STD,
            Measure.FEATURE_COSINE,
            Measure.TEACHER_INFORMATION,
            Measure.VIEW_CORRELATION,
            Measure.CENTER_NORM);

    private DinoProgram() {}

    /**
     * The loss and what follows it. Rows are view-major: view v of image b is row {@code v * n + b}, global views first.
     *
     * <ul>
     *   <li>{@code loss}: student logits S [views * n, K], teacher logits T [teachers * n, K], centre C [K] to
     *       [loss, global part, local part, teacher entropy], scalars in nats. With q the centred and sharpened
     *       teacher and l the student's log-probabilities, the pairs of one image share the sum of q over teachers, so
     *       each part is one product: a global view takes the sum less its own q, a local view all of it. Without local
     *       views the loss is the global part and the local part is 0.
     *   <li>{@code move_center}: C = m C + (1 - m) mean over rows of T; to be called after the loss.
     *   <li>{@code teacher_health}: [information, correlation]. Information is the entropy of the mean teacher
     *       distribution less the mean entropy: what a code tells about its image, at most ln of the rows, 0 when all
     *       images get the same code. Correlation is that of the centred teacher logits of the first two views of an
     *       image: it must rise soon after the start if there is anything to learn from.
     *   <li>{@code follow}: teacher = m teacher + (1 - m) student, over flat parameters.
     * </ul>
     */
    static final String LOSS_TEXT =
            """
            def loss(self, S: Tensor, T: Tensor, C: Tensor, views: int, teachers: int, n: int, alpha: float, student_temp: float, teacher_temp: float) -> List[Tensor]:
              k = torch.size(S, 1)
              locals = torch.sub(views, teachers)
              l = torch.view(torch.log_softmax(torch.div(S, student_temp), 1), [views, n, k])
              lq = torch.log_softmax(torch.div(torch.sub(T, C), teacher_temp), 1)
              q = torch.view(torch.exp(lq), [teachers, n, k])
              total = torch.sum(q, [0], True)
              pairs = torch.mul(torch.mul(teachers, torch.sub(teachers, 1)), n)
              others = torch.sub(total, q)
              global_part = torch.neg(torch.div(torch.sum(torch.mul(others, torch.narrow(l, 0, 0, teachers))), pairs))
              entropy = torch.neg(torch.div(torch.sum(torch.mul(torch.exp(lq), lq)), torch.mul(teachers, n)))
              if torch.gt(locals, 0):
                local_pairs = torch.mul(torch.mul(teachers, locals), n)
                product = torch.mul(total, torch.narrow(l, 0, teachers, locals))
                r = self.weigh(global_part, torch.neg(torch.div(torch.sum(product), local_pairs)), alpha)
              else:
                r = self.weigh(global_part, None, alpha)
              return [r[0], r[1], r[2], entropy]
            def move_center(self, C: Tensor, T: Tensor, momentum: float) -> Tensor:
              torch.set_grad_enabled(False)
              return torch.add_(torch.mul_(C, momentum), torch.mean(T, [0], False), alpha=torch.sub(1., momentum))
            def teacher_health(self, T: Tensor, C: Tensor, n: int, teacher_temp: float, entropy: Tensor) -> List[Tensor]:
              q = torch.mean(torch.softmax(torch.div(torch.sub(T, C), teacher_temp), 1), [0], False)
              mixed = torch.neg(torch.sum(torch.mul(q, torch.log(torch.clamp_min(q, 1.0e-30)))))
              d = torch.sub(T, torch.mean(T, [0], True))
              a = torch.narrow(d, 0, 0, n)
              b = torch.narrow(d, 0, n, n)
              power = torch.add(torch.sum(torch.mul(a, a)), torch.sum(torch.mul(b, b)))
              correlation = torch.div(torch.mul(torch.sum(torch.mul(a, b)), 2), torch.clamp_min(power, 1.0e-30))
              return [torch.sub(mixed, entropy), correlation]
            def follow(self, teacher: Tensor, student: Tensor, momentum: float) -> Tensor:
              torch.set_grad_enabled(False)
              return torch.lerp_(teacher, student, torch.sub(1., momentum))
            def loss_and_gradient(self, S: Tensor, T: Tensor, C: Tensor, views: int, teachers: int, n: int, alpha: float, student_temp: float, teacher_temp: float) -> List[Tensor]:
              torch.set_grad_enabled(True)
              s = torch.requires_grad_(torch.detach(S), True)
              r = self.loss(s, T, C, views, teachers, n, alpha, student_temp, teacher_temp)
              g = unchecked_cast(Tensor, (torch.autograd.grad([r[0]], [s]))[0])
              torch.set_grad_enabled(False)
              return [torch.detach(torch.stack(r)), torch.detach(g)]
            """;

    /**
     * One step up to the gradients. {@code X} holds the backbone passes: consecutive views of equal size, the first pass
     * beginning with all global views; batch norms of the backbone see one pass, those of the head all rows at once. The
     * teacher runs in training mode on the global views and records no graph.
     *
     * <p>P and B arguments are parameters and buffers of student backbone, student head, teacher backbone, teacher
     * head. Returns [report, features, student logits, teacher logits, their mean over rows].
     *
     * <p>{@code advance} moves the centre by the means of a step's parts, which are equally large, and returns the mean of
     * their reports with the norm of the centre.
     */
    private static final String STEP_TEXT =
            """
            def step(self, X: List[Tensor], D: List[Tensor], SP: List[Tensor], SB: List[Tensor], HP: List[Tensor], HB: List[Tensor], TP: List[Tensor], TB: List[Tensor], UP: List[Tensor], UB: List[Tensor], W: List[Tensor], G: List[Tensor], C: Tensor, views: int, teachers: int, n: int, alpha: float, student_temp: float, teacher_temp: float) -> List[Tensor]:
              torch.set_grad_enabled(False)
              rows = torch.mul(teachers, n)
              T = self.head(self.teacher_backbone(torch.narrow(X[0], 0, 0, rows), TP, TB), UP, UB)
              torch.set_grad_enabled(True)
              f = self.features(X, D, SP, SB)
              S = self.head(f, HP, HB)
              r = self.loss(S, T, C, views, teachers, n, alpha, student_temp, teacher_temp)
              gradients = torch.autograd.grad([r[0]], W)
              torch.set_grad_enabled(False)
              stored = self.store(gradients, G)
              health = self.teacher_health(T, C, n, teacher_temp, r[3])
              spread = self.spread(torch.narrow(f, 0, 0, rows), n)
              kl = torch.sub(torch.detach(r[0]), r[3])
              report = torch.stack([torch.detach(r[0]), torch.detach(r[1]), torch.detach(r[2]), r[3], kl, spread[0], spread[1], health[0], health[1]])
              return [report, torch.detach(torch.narrow(f, 0, 0, n)), torch.detach(S), T, torch.mean(T, [0], False)]
            def advance(self, C: Tensor, means: List[Tensor], reports: List[Tensor], center_momentum: float) -> Tensor:
              torch.set_grad_enabled(False)
              c = self.move_center(C, torch.stack(means), center_momentum)
              return torch.cat([self.mean_of(reports), torch.reshape(torch.norm(C), [1])])
            """;

    /** The whole program for a backbone and a head. */
    static String text(Network student, TorchScript script) {
        return SharedText.student(student, script)
                + SharedText.teacher(student, script)
                + script.training(student.graph(MethodGraphs.HEAD), "head")
                + LOSS_TEXT
                + STEP_TEXT;
    }
}
