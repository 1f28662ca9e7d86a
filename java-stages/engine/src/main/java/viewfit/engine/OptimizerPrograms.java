package viewfit.engine;

/**
 * The update rules as TorchScript. Lists {@code p, g, m, v} hold parameters, gradients and state, tensor by tensor in the same
 * memory order; the others hold those of them to which decay or trust ratio applies.
 */
final class OptimizerPrograms {
    private OptimizerPrograms() {}

    /**
     * The updates themselves are fused: one pass reads and writes everything once and makes no tensor of its own.
     *
     * <ul>
     *   <li>{@code clip}: each gradient to norm c: g *= c / (|g| + 1e-6) if that is below 1; not a global norm.
     *   <li>{@code decay}, {@code shrink}: g += wd p, for LARS and SGD; p *= 1 - lr wd, for AdamW. Before the others.
     *   <li>{@code lars}: d = g; d *= trust |p| / |d| where both norms are positive; m = momentum m + d; p -= lr m.
     *   <li>{@code adamw}: m, v moving averages; p -= lr / c1 * m / (sqrt(v) / sqrt(c2) + epsilon), where c is 1 - beta to
     *       the power of the steps, this one included.
     *   <li>{@code sgd}: m = momentum m + g; p -= lr m. From m = 0 the first m is the gradient; without momentum m is not kept.
     *   <li>{@code nesterov}: the same m, then p -= lr (g + momentum m).
     * </ul>
     */
    static final String TEXT =
            """
            def clip(self, g: List[Tensor], c: float) -> Tensor:
              torch.set_grad_enabled(False)
              norms = torch.stack(torch._foreach_norm(g, 2))
              scale = torch.clamp_max(torch.mul(torch.reciprocal(torch.add(norms, 1.0e-06)), c), 1.)
              torch._foreach_mul_(g, torch.unbind(scale, 0))
              return norms
            def decay(self, p: List[Tensor], g: List[Tensor], wd: float) -> Tensor:
              torch.set_grad_enabled(False)
              torch._foreach_add_(g, p, alpha=wd)
              return g[0]
            def shrink(self, p: List[Tensor], keep: float) -> Tensor:
              torch.set_grad_enabled(False)
              torch._foreach_mul_(p, keep)
              return p[0]
            def descend(self, p: List[Tensor], g: List[Tensor], m: List[Tensor], lr: float, momentum: float, nesterov: bool) -> Tensor:
              torch.set_grad_enabled(False)
              if torch.eq(momentum, 0.):
                torch._foreach_add_(p, g, alpha=torch.neg(lr))
              else:
                torch._fused_sgd_(p, g, m, weight_decay=0., momentum=momentum, lr=lr, dampening=0., nesterov=nesterov, maximize=False, is_first_step=False)
              return p[0]
            def lars(self, p: List[Tensor], g: List[Tensor], m: List[Tensor], pt: List[Tensor], gt: List[Tensor], lr: float, momentum: float, trust: float) -> Tensor:
              torch.set_grad_enabled(False)
              if torch.gt(torch.len(pt), 0):
                pn = torch.stack(torch._foreach_norm(pt, 2))
                gn = torch.stack(torch._foreach_norm(gt, 2))
                both = torch.logical_and(torch.gt(pn, 0), torch.gt(gn, 0))
                q = torch.where(both, torch.div(torch.mul(pn, trust), gn), torch.ones_like(pn))
                torch._foreach_mul_(gt, torch.unbind(q, 0))
              else:
                pass
              return self.descend(p, g, m, lr, momentum, False)
            def adamw(self, p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], beta1: float, beta2: float, epsilon: float, lr: float, steps: float) -> Tensor:
              torch.set_grad_enabled(False)
              count = torch.fill_(torch.new_empty(p[0], annotate(List[int], [])), steps)
              counts = annotate(List[Tensor], [])
              for i in range(torch.len(p)):
                torch.append(counts, count)
              none = annotate(List[Tensor], [])
              torch._fused_adamw_(p, g, m, v, none, counts, lr=lr, beta1=beta1, beta2=beta2, weight_decay=0., eps=epsilon, amsgrad=False, maximize=False)
              return p[0]
            def sgd(self, p: List[Tensor], g: List[Tensor], m: List[Tensor], lr: float, momentum: float) -> Tensor:
              return self.descend(p, g, m, lr, momentum, False)
            def nesterov(self, p: List[Tensor], g: List[Tensor], m: List[Tensor], lr: float, momentum: float) -> Tensor:
              return self.descend(p, g, m, lr, momentum, True)
            """;
}
