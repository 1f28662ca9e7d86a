package viewfit.engine;

/**
 * The update rules as TorchScript. In each, {@code F} holds flat ranges: parameters, gradients, then state; the lists
 * hold the tensors of the same memory to which decay or trust ratio applies.
 */
final class OptimizerPrograms {
    private OptimizerPrograms() {}

    /**
     * <ul>
     *   <li>{@code clip}: each gradient to norm c: g *= c / (|g| + 1e-6) if that is below 1; not a global norm.
     *   <li>{@code decay}, {@code shrink}: g += wd p, for LARS and SGD; p *= 1 - lr wd, for AdamW. Before the others.
     *   <li>{@code lars}: d = g; d *= trust |p| / |d| where both norms are positive; m = momentum m + d; p -= lr m.
     *   <li>{@code adamw}: m, v moving averages; p -= lr / c1 * m / (sqrt(v) / sqrt(c2) + epsilon).
     *   <li>{@code sgd}: m = momentum m + g; p -= lr m. From m = 0 the first m is the gradient.
     *   <li>{@code nesterov}: the same m, then p -= lr (g + momentum m).
     * </ul>
     */
    static final String TEXT =
            """
            def narrow(self, x: Tensor, start: int, length: int) -> Tensor:
              torch.set_grad_enabled(False)
              return torch.narrow(x, 0, start, length)
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
            def lars(self, F: List[Tensor], pt: List[Tensor], gt: List[Tensor], lr: float, momentum: float, trust: float) -> Tensor:
              torch.set_grad_enabled(False)
              if torch.gt(torch.len(pt), 0):
                pn = torch.stack(torch._foreach_norm(pt, 2))
                gn = torch.stack(torch._foreach_norm(gt, 2))
                both = torch.logical_and(torch.gt(pn, 0), torch.gt(gn, 0))
                q = torch.where(both, torch.div(torch.mul(pn, trust), gn), torch.ones_like(pn))
                torch._foreach_mul_(gt, torch.unbind(q, 0))
              else:
                pass
              m = torch.add_(torch.mul_(F[2], momentum), F[1])
              return torch.add_(F[0], m, alpha=torch.neg(lr))
            def adamw(self, F: List[Tensor], beta1: float, beta2: float, epsilon: float, step: float, root: float) -> Tensor:
              torch.set_grad_enabled(False)
              g = F[1]
              m = torch.lerp_(F[2], g, torch.sub(1., beta1))
              v = torch.addcmul_(torch.mul_(F[3], beta2), g, g, value=torch.sub(1., beta2))
              d = torch.add_(torch.div_(torch.sqrt(v), root), epsilon)
              return torch.addcdiv_(F[0], m, d, value=step)
            def sgd(self, F: List[Tensor], lr: float, momentum: float) -> Tensor:
              torch.set_grad_enabled(False)
              m = torch.add_(torch.mul_(F[2], momentum), F[1])
              return torch.add_(F[0], m, alpha=torch.neg(lr))
            def nesterov(self, F: List[Tensor], lr: float, momentum: float) -> Tensor:
              torch.set_grad_enabled(False)
              m = torch.add_(torch.mul_(F[2], momentum), F[1])
              d = torch.add_(F[1], m, alpha=momentum)
              return torch.add_(F[0], d, alpha=torch.neg(lr))
            """;
}
