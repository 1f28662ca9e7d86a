"""One training step of the recipes in plain PyTorch: the baseline of the benchmark of a step.

Reads a job as one line of JSON and says which versions answer. Then answers each line:
`steps K`   takes K steps: seconds of wall time per step, of processor time per step, the last loss, peak memory in MiB
`losses K`  takes K steps: the loss of each
`peak`      GFLOP/s of a large float32 matrix product and of a convolution on the same threads

The job's `mode` is `plain` (the official way: contiguous memory, a loop over pairs of views, a loop over parameters for teacher
and optimiser), `tuned` (channels-last, one product for all pairs, multi-tensor updates) or `bf16` (tuned, under autocast).
"""

import contextlib
import itertools
import json
import math
import struct
import sys
import time

import torch
from torch.nn import functional as F

from reference_networks import Network
from reference_optimizers import Lars, adamw, follow, parameter_groups

PEAK_SIDE = 2048


def cosine(start, end, step, steps):
    return end + 0.5 * (start - end) * (1 + math.cos(math.pi * step / steps))


def peak_memory():
    """Largest resident set of this process so far, in MiB; nan where the system does not say."""
    try:
        with open("/proc/self/status") as lines:
            return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return math.nan


def read_safetensors(path):
    types = {"F32": torch.float32, "U8": torch.uint8, "I64": torch.int64}
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = bytearray(file.read())
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            start, end = entry["data_offsets"]
            flat = torch.frombuffer(data, dtype=torch.uint8)[start:end].clone().view(types[entry["dtype"]])
            tensors[name] = flat.reshape(entry["shape"])
    return tensors


class Views:
    """Normalised pixels of a step, a tensor per view: random ones, or those of a file."""

    def __init__(self, recipe, given, layout):
        n = recipe["batch-size"]
        mean, std = (torch.tensor(recipe["views"]["normalize"][key]).view(1, 3, 1, 1) for key in ("mean", "std"))
        sides = [group["size"] for group in recipe["views"]["groups"] for _ in range(group["count"])]
        self.all = []
        for block, (side, run) in enumerate(itertools.groupby(sides)):
            count = len(list(run))
            if given is None:
                pixels = torch.randint(0, 256, (count * n, side, side, 3), dtype=torch.uint8)
            else:
                pixels = given[f"pixels.{block}"]
            images = (pixels.permute(0, 3, 1, 2).float() / 255 - mean) / std
            self.all += [view.contiguous(memory_format=layout) for view in images.chunk(count)]


class Loaded:
    """Views of files, from the workers of a DataLoader."""

    def __init__(self, recipe, job, layout):
        from reference_loader import loader

        self.batches = loader(recipe, job["images"], job["images"]["workers"], job["steps-per-epoch"])
        self.layout = layout

    @property
    def all(self):
        return [view.contiguous(memory_format=self.layout) for view in next(self.batches)]


class Method:
    """Networks and loss of a method; `fast` chooses the vectorised form."""

    def __init__(self, recipe, fast, layout, given):
        self.recipe = recipe["method"]
        self.batch = recipe["batch-size"]
        self.alpha = self.recipe["alpha"]
        self.fast = fast
        self.student = self.network(recipe, True, layout, given)

    def network(self, recipe, student, layout, given):
        network = Network(recipe, student, self.fast)
        if given is not None:
            own = {name[8:]: tensor for name, tensor in given.items() if name.startswith("student.")}
            missing, unknown = network.load_state_dict(own, strict=False)
            if unknown or any(not name.endswith("num_batches_tracked") for name in missing):
                raise ValueError(f"tensors that do not fit: missing {missing}, unknown {unknown}")
        return network.to(memory_format=layout)

    def copy_of_student(self, recipe, layout):
        copy = self.network(recipe, False, layout, None)
        copy.load_state_dict(self.student.state_dict())
        for p in copy.parameters():
            p.requires_grad = False
        return copy

    def weigh(self, global_terms, local_terms):
        global_part, local_part = (sum(terms) / len(terms) for terms in (global_terms, local_terms))
        return self.alpha * global_part + (1 - self.alpha) * local_part

    def after(self, step, steps):
        """What comes after the optimiser's step."""


class Dino(Method):
    def __init__(self, recipe, fast, layout, given):
        super().__init__(recipe, fast, layout, given)
        self.teacher = self.copy_of_student(recipe, layout)
        self.center = torch.zeros(1, self.recipe["head"]["out-dim"])

    def loss(self, views, precision):
        with precision():
            with torch.no_grad():
                teacher = self.teacher(views[:2])
            student = self.student(views)
        teacher, student = teacher.float(), student.float()
        temperature = self.recipe["teacher-temp"]["start"]
        targets = F.softmax((teacher - self.center) / temperature, dim=-1)
        loss = (self.products if self.fast else self.pairs)(targets, student / self.recipe["student-temp"], len(views))
        with torch.no_grad():
            keep = self.recipe["center-momentum"]
            self.center = self.center * keep + teacher.mean(0, keepdim=True) * (1 - keep)
        return loss

    def pairs(self, targets, student, views):
        global_terms, local_terms = [], []
        student = student.chunk(views)
        for i, target in enumerate(targets.detach().chunk(2)):
            for v in range(views):
                if v != i:
                    term = torch.sum(-target * F.log_softmax(student[v], dim=-1), dim=-1).mean()
                    (global_terms if v < 2 else local_terms).append(term)
        return self.weigh(global_terms, local_terms)

    def products(self, targets, student, views):
        q = targets.view(2, self.batch, -1)
        total = q.sum(0)
        l = F.log_softmax(student, dim=-1).view(views, self.batch, -1)
        global_part = -((total - q) * l[:2]).sum() / (2 * self.batch)
        local_part = -(total * l[2:]).sum() / (2 * (views - 2) * self.batch)
        return self.alpha * global_part + (1 - self.alpha) * local_part

    def after(self, step, steps):
        span = self.recipe["teacher-momentum"]
        follow(self.teacher, self.student, cosine(span["start"], span["end"], step, steps), self.fast)


class Swav(Method):
    def __init__(self, recipe, fast, layout, given):
        super().__init__(recipe, fast, layout, given)
        rows = self.recipe["queue-length"] // self.batch * self.batch
        self.queue = torch.zeros(2, rows, self.recipe["head"]["out-dim"])
        self.filled = 0

    def loss(self, views, precision):
        prototypes = self.student.head.prototypes.weight
        with torch.no_grad():
            prototypes.copy_(F.normalize(prototypes, dim=1))
        with precision():
            z, scores = self.student(views)
        z, scores = z.float(), scores.float()
        codes = [self.codes(i, z, scores, prototypes) for i in range(2)]
        self.filled += self.batch
        loss = self.products if self.fast else self.pairs
        return loss(codes, scores / self.recipe["temperature"], len(views))

    @torch.no_grad()
    def codes(self, i, z, scores, prototypes):
        n = self.batch
        rows = scores[i * n : (i + 1) * n].detach()
        queue = self.queue[i]
        if self.filled >= len(queue):
            rows = torch.cat([queue @ prototypes.t(), rows])
        queue[n:] = queue[:-n].clone()
        queue[:n] = z[i * n : (i + 1) * n]
        return self.sinkhorn(rows)[-n:]

    def sinkhorn(self, scores):
        q = torch.exp(scores / self.recipe["epsilon"]).t()
        prototypes, rows = q.shape
        q /= q.sum()
        for _ in range(self.recipe["sinkhorn-iterations"]):
            q /= q.sum(1, keepdim=True)
            q /= prototypes
            q /= q.sum(0, keepdim=True)
            q /= rows
        return (q * rows).t()

    def pairs(self, codes, scores, views):
        global_terms, local_terms = [], []
        scores = scores.chunk(views)
        for i, code in enumerate(codes):
            for v in range(views):
                if v != i:
                    term = -torch.mean(torch.sum(code * F.log_softmax(scores[v], dim=1), dim=1))
                    (global_terms if v < 2 else local_terms).append(term)
        return self.weigh(global_terms, local_terms)

    def products(self, codes, scores, views):
        l = F.log_softmax(scores, dim=1).view(views, self.batch, -1)
        global_part = -(codes[0] * l[1] + codes[1] * l[0]).sum() / (2 * self.batch)
        local_part = -((codes[0] + codes[1]) * l[2:].sum(0)).sum() / (2 * (views - 2) * self.batch)
        return self.alpha * global_part + (1 - self.alpha) * local_part


class Moco(Method):
    """The first global view is the key, the second and the local views are queries."""

    def __init__(self, recipe, fast, layout, given):
        super().__init__(recipe, fast, layout, given)
        self.key = self.copy_of_student(recipe, layout)
        shape = self.recipe["head"]["out-dim"], self.recipe["queue-length"]
        self.queue = F.normalize(torch.randn(*shape), dim=0) if given is None else given["method.queue"]
        self.pointer = 0

    def loss(self, views, precision):
        with precision():
            with torch.no_grad():
                follow(self.key, self.student, self.recipe["key-momentum"], self.fast)
                key = self.key(views[:1])
            query = self.student(views[1:])
        key, query = key.float(), query.float()
        loss = (self.products if self.fast else self.pairs)(key, query, len(views) - 1)
        self.new_key = key
        return loss

    def after(self, step, steps):
        self.queue[:, self.pointer : self.pointer + self.batch] = self.new_key.t()
        self.pointer = (self.pointer + self.batch) % self.queue.shape[1]

    def pairs(self, key, query, queries):
        terms = []
        target = torch.zeros(self.batch, dtype=torch.long)
        for q in query.chunk(queries):
            own = torch.einsum("nc,nc->n", q, key).unsqueeze(-1)
            others = torch.einsum("nc,ck->nk", q, self.queue.clone().detach())
            terms.append(F.cross_entropy(torch.cat([own, others], dim=1) / self.recipe["temperature"], target))
        return self.weigh(terms[:1], terms[1:])

    def products(self, key, query, queries):
        own = (query.view(queries, self.batch, -1) * key).sum(-1).view(-1, 1)
        logits = torch.cat([own, query @ self.queue], dim=1) / self.recipe["temperature"]
        each = F.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long), reduction="none")
        return self.alpha * each[: self.batch].mean() + (1 - self.alpha) * each[self.batch :].mean()


class Training:
    def __init__(self, job):
        self.recipe = recipe = job["recipe"]
        fast = job["mode"] != "plain"
        layout = torch.channels_last if fast else torch.contiguous_format
        given = read_safetensors(job["weights"]) if "weights" in job else None
        self.precision = contextlib.nullcontext
        if job["mode"] == "bf16":
            self.precision = lambda: torch.autocast("cpu", dtype=torch.bfloat16)
        self.views = Loaded(recipe, job, layout) if "images" in job else Views(recipe, given, layout)
        method = {"dino": Dino, "swav": Swav, "moco": Moco}[recipe["method"]["name"]]
        self.method = method(recipe, fast, layout, given)
        self.steps = recipe["epochs"] * job["steps-per-epoch"]
        self.step_number = 0
        self.optimizer = self.make_optimizer(recipe["optimizer"], fast)
        self.schedule = recipe["schedule"]
        if self.schedule["name"] != "cosine" or self.schedule["warmup-epochs"] != 0 or recipe["optimizer"]["clip"] != 0:
            raise ValueError("the reference knows the cosine without warm-up and no clipping")

    def make_optimizer(self, recipe, fast):
        self.peak_lr = recipe["lr"] * self.recipe["batch-size"] / recipe["lr-reference-batch"]
        self.decay = recipe["weight-decay"]
        groups = parameter_groups(self.method.student, self.decay["start"])
        if recipe["name"] == "lars":
            return Lars(groups, recipe["momentum"], recipe["trust"], fast)
        return adamw(groups, recipe, fast)

    def step(self):
        t, steps = self.step_number, self.steps
        lr = cosine(self.peak_lr, self.schedule["final-lr"], t, steps)
        for i, group in enumerate(self.optimizer.param_groups):
            group["lr"] = lr
            if i == 0:
                group["weight_decay"] = cosine(self.decay["start"], self.decay["end"], t, steps)
        loss = self.method.loss(self.views.all, self.precision)
        value = loss.item()
        if not math.isfinite(value):
            raise ValueError(f"the loss is {value} at step {t}")
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        self.method.after(t, steps)
        self.step_number += 1
        return value


@torch.no_grad()
def peak():
    a, b = torch.rand(PEAK_SIDE, PEAK_SIDE), torch.rand(PEAK_SIDE, PEAK_SIDE)
    x = torch.rand(16, 256, 30, 30).contiguous(memory_format=torch.channels_last)
    w = torch.rand(256, 256, 3, 3).contiguous(memory_format=torch.channels_last)
    product = 2 * PEAK_SIDE**3 / best(lambda: torch.matmul(a, b))
    convolution = 2 * 16 * 256 * 28 * 28 * 256 * 9 / best(lambda: F.conv2d(x, w))
    return product / 1e9, convolution / 1e9


def best(work):
    times = []
    for _ in range(6):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main():
    lines = iter(sys.stdin.readline, "")
    job = json.loads(next(lines))
    torch.set_num_threads(job["threads"])
    torch.manual_seed(0)
    training = Training(job)
    print(f"torch {torch.__version__}", flush=True)
    for line in lines:
        work = line.split()
        if work[0] == "peak":
            print(*peak(), flush=True)
        elif work[0] == "losses":
            print(*[training.step() for _ in range(int(work[1]))], flush=True)
        else:
            count = int(work[1])
            wall, cpu = time.perf_counter(), time.process_time()
            loss = [training.step() for _ in range(count)][-1]
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            print(wall / count, cpu / count, loss, peak_memory(), flush=True)


main()
