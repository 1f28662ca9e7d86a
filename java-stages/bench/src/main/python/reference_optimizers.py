"""LARS and AdamW of the recipes and the moving average of a teacher, parameter by parameter or over all tensors at once."""

import torch


def parameter_groups(network, decay):
    """Matrices and kernels with decay; depth-wise kernels and vectors without, and vectors without trust ratio."""
    kept = [p for p in network.parameters() if p.requires_grad]
    depthwise = [p for p in kept if p.ndim == 4 and p.shape[1] == 1]
    vectors = [p for p in kept if p.ndim == 1]
    others = [p for p in kept if p.ndim > 1 and not (p.ndim == 4 and p.shape[1] == 1)]
    return [
        {"params": others, "weight_decay": decay, "trust": True},
        {"params": depthwise, "weight_decay": 0.0, "trust": True},
        {"params": vectors, "weight_decay": 0.0, "trust": False},
    ]


class Lars(torch.optim.Optimizer):
    def __init__(self, groups, momentum, trust, multi_tensor):
        super().__init__([g for g in groups if g["params"]], {"lr": 0.0})
        self.momentum = momentum
        self.trust = trust
        self.update = self.all_at_once if multi_tensor else self.one_by_one

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            self.update(group, [p for p in group["params"] if p.grad is not None])

    def moving(self, p):
        state = self.state[p]
        if not state:
            state["momentum"] = torch.zeros_like(p)
        return state["momentum"]

    def one_by_one(self, group, parameters):
        for p in parameters:
            d = p.grad
            if group["trust"]:
                d = d.add(p, alpha=group["weight_decay"])
                length, change = torch.norm(p), torch.norm(d)
                one = torch.ones_like(length)
                scale = torch.where(change > 0, self.trust * length / change, one)
                d = d.mul(torch.where(length > 0, scale, one))
            moving = self.moving(p)
            moving.mul_(self.momentum).add_(d)
            p.add_(moving, alpha=-group["lr"])

    def all_at_once(self, group, parameters):
        d = [p.grad for p in parameters]
        if group["weight_decay"] > 0:
            torch._foreach_add_(d, parameters, alpha=group["weight_decay"])
        if group["trust"]:
            length, change = torch.stack(torch._foreach_norm(parameters)), torch.stack(torch._foreach_norm(d))
            scale = torch.where((length > 0) & (change > 0), self.trust * length / change, torch.ones_like(length))
            torch._foreach_mul_(d, list(scale.unbind()))
        moving = [self.moving(p) for p in parameters]
        torch._foreach_mul_(moving, self.momentum)
        torch._foreach_add_(moving, d)
        torch._foreach_add_(parameters, moving, alpha=-group["lr"])


def adamw(groups, recipe, multi_tensor):
    options = {"betas": (recipe["beta1"], recipe["beta2"]), "eps": recipe["epsilon"]}
    groups = [g for g in groups if g["params"]]
    if not multi_tensor:
        return torch.optim.AdamW(groups, **options)
    try:
        return torch.optim.AdamW(groups, fused=True, **options)
    except (RuntimeError, TypeError):  # older versions fuse on a GPU only
        return torch.optim.AdamW(groups, foreach=True, **options)


def follow(teacher, student, momentum, multi_tensor):
    """Teacher parameters move towards the student's; running statistics stay each network's own."""
    with torch.no_grad():
        if not multi_tensor:
            for t, s in zip(teacher.parameters(), student.parameters()):
                t.data.mul_(momentum).add_((1 - momentum) * s.detach().data)
            return
        to, of = list(teacher.parameters()), list(student.parameters())
        if hasattr(torch, "_foreach_lerp_"):
            torch._foreach_lerp_(to, of, 1 - momentum)
        else:
            torch._foreach_mul_(to, momentum)
            torch._foreach_add_(to, of, alpha=1 - momentum)
