"""Backbones and heads of the recipes in plain PyTorch, with the tensor names of torchvision and timm.

`fast` takes the fused attention of newer versions; without it the attention is spelled out, as in the official code.
"""

import torch
from torch import nn
from torch.nn import functional as F

FUSED_ATTENTION = getattr(F, "scaled_dot_product_attention", None)


def conv_norm_relu6(inputs, outputs, kernel, stride=1, groups=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, (kernel - 1) // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU6(inplace=True),
    )


class InvertedResidual(nn.Module):
    def __init__(self, inputs, outputs, stride, expansion):
        super().__init__()
        hidden = inputs * expansion
        layers = [] if expansion == 1 else [conv_norm_relu6(inputs, hidden, 1)]
        layers += [
            conv_norm_relu6(hidden, hidden, 3, stride, hidden),
            nn.Conv2d(hidden, outputs, 1, bias=False),
            nn.BatchNorm2d(outputs),
        ]
        self.conv = nn.Sequential(*layers)
        self.skip = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.conv(x) if self.skip else self.conv(x)


class MobileNetV2(nn.Module):
    width = 1280
    stages = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]

    def __init__(self):
        super().__init__()
        layers, channels = [conv_norm_relu6(3, 32, 3, 2)], 32
        for expansion, outputs, count, stride in self.stages:
            for i in range(count):
                layers.append(InvertedResidual(channels, outputs, stride if i == 0 else 1, expansion))
                channels = outputs
        self.features = nn.Sequential(*layers, conv_norm_relu6(channels, self.width, 1))
        draw_convolutions(self)

    def forward(self, x):
        return F.adaptive_avg_pool2d(self.features(x), 1).flatten(1)


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        y = self.bn2(self.conv2(y))
        y += x if self.downsample is None else self.downsample(x)
        return F.relu(y, inplace=True)


class ResNet18(nn.Module):
    width = 512

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        channels = 64
        for i, outputs in enumerate((64, 128, 256, 512)):
            blocks = [BasicBlock(channels, outputs, 1 if i == 0 else 2), BasicBlock(outputs, outputs, 1)]
            setattr(self, f"layer{i + 1}", nn.Sequential(*blocks))
            channels = outputs
        draw_convolutions(self)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x)), inplace=True), 3, 2, 1)
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = stage(x)
        return F.adaptive_avg_pool2d(x, 1).flatten(1)


class DropPath(nn.Module):
    """Stochastic depth, drawn per sample."""

    def __init__(self, rate):
        super().__init__()
        self.keep = 1 - rate

    def forward(self, x):
        kept = (torch.rand(x.shape[0], 1, 1, dtype=x.dtype) + self.keep).floor_()
        return x.div(self.keep) * kept


class Attention(nn.Module):
    def __init__(self, width, heads, fast):
        super().__init__()
        self.heads = heads
        self.fused = FUSED_ATTENTION if fast else None
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        n, tokens, width = x.shape
        q, k, v = self.qkv(x).reshape(n, tokens, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        if self.fused is not None:
            y = self.fused(q, k, v)
        else:
            y = (q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5).softmax(-1) @ v
        return self.proj(y.transpose(1, 2).reshape(n, tokens, width))


class Block(nn.Module):
    def __init__(self, width, heads, rate, fast):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attn = Attention(width, heads, fast)
        self.drop_path = DropPath(rate) if rate > 0 else nn.Identity()
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = nn.Module()
        self.mlp.fc1 = nn.Linear(width, 4 * width)
        self.mlp.fc2 = nn.Linear(4 * width, width)

    def forward(self, x):
        x = x + self.drop_path(self.attn(self.norm1(x)))
        return x + self.drop_path(self.mlp.fc2(F.gelu(self.mlp.fc1(self.norm2(x)))))


class ViTTiny(nn.Module):
    width, depth, heads, patch, grid = 192, 12, 3, 16, 14

    def __init__(self, drop_path, fast):
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(1, 1, self.width))
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + self.grid**2, self.width))
        self.patch_embed = nn.Module()
        self.patch_embed.proj = nn.Conv2d(3, self.width, self.patch, self.patch)
        rates = [drop_path * i / (self.depth - 1) for i in range(self.depth)]
        self.blocks = nn.ModuleList(Block(self.width, self.heads, rate, fast) for rate in rates)
        self.norm = nn.LayerNorm(self.width, eps=1e-6)
        draw_linear(self, 0.02)
        nn.init.normal_(self.cls_token, std=0.02)
        nn.init.normal_(self.pos_embed, std=0.02)

    def position(self, high, wide):
        if high == wide == self.grid:
            return self.pos_embed
        known = self.pos_embed[:, 1:].reshape(1, self.grid, self.grid, self.width).permute(0, 3, 1, 2)
        scale = ((high + 0.1) / self.grid, (wide + 0.1) / self.grid)
        resized = F.interpolate(known, scale_factor=scale, mode="bicubic", recompute_scale_factor=False)
        return torch.cat([self.pos_embed[:, :1], resized.permute(0, 2, 3, 1).reshape(1, high * wide, self.width)], 1)

    def forward(self, x):
        x = self.patch_embed.proj(x)
        position = self.position(*x.shape[-2:])
        x = torch.cat([self.cls_token.expand(x.shape[0], -1, -1), x.flatten(2).transpose(1, 2)], 1) + position
        for block in self.blocks:
            x = block(x)
        return self.norm(x)[:, 0]


def perceptron(widths, batch_norm, activation):
    """Linear layers with [batch norm and] the activation between them."""
    layers = []
    for inputs, outputs in zip(widths[:-2], widths[1:-1]):
        layers += [nn.Linear(inputs, outputs)] + ([nn.BatchNorm1d(outputs)] if batch_norm else []) + [activation()]
    return nn.Sequential(*layers, nn.Linear(*widths[-2:]))


class WeightNormLinear(nn.Module):
    """Rows of length weight_g in the directions weight_v; what torch.nn.utils.weight_norm makes of a linear layer."""

    def __init__(self, inputs, outputs, train_norm):
        super().__init__()
        self.weight_g = nn.Parameter(torch.ones(outputs, 1), requires_grad=train_norm)
        self.weight_v = nn.Parameter(torch.empty(outputs, inputs).uniform_(-(inputs**-0.5), inputs**-0.5))

    def forward(self, x):
        return F.linear(x, torch._weight_norm(self.weight_v, self.weight_g, 0))


class DinoHead(nn.Module):
    def __init__(self, width, recipe):
        super().__init__()
        widths = [width] + [recipe["hidden"]] * (recipe["layers"] - 1) + [recipe["bottleneck"]]
        self.mlp = perceptron(widths, recipe["batch-norm"], nn.GELU)
        self.last_layer = WeightNormLinear(recipe["bottleneck"], recipe["out-dim"], recipe["train-last-layer-norm"])
        draw_linear(self.mlp, 0.02)

    def forward(self, x):
        return self.last_layer(F.normalize(self.mlp(x), dim=-1))


class SwavHead(nn.Module):
    """To unit embeddings and their scores under the prototypes."""

    def __init__(self, width, recipe):
        super().__init__()
        widths = [width] + [recipe["hidden"]] * (recipe["layers"] - 1) + [recipe["out-dim"]]
        self.projection = nn.Module()
        self.projection.mlp = perceptron(widths, recipe["batch-norm"], nn.ReLU)
        self.prototypes = nn.Linear(recipe["out-dim"], recipe["prototypes"], bias=False)
        draw_linear(self, 0.01)

    def forward(self, x):
        z = F.normalize(self.projection.mlp(x), dim=1)
        return z, self.prototypes(z)


class MocoHead(nn.Module):
    def __init__(self, width, recipe):
        super().__init__()
        widths = [width] + [recipe["hidden"]] * (recipe["layers"] - 1) + [recipe["out-dim"]]
        self.mlp = perceptron(widths, recipe["batch-norm"], nn.ReLU)
        draw_linear(self.mlp, 0.02)

    def forward(self, x):
        return F.normalize(self.mlp(x), dim=1)


def draw_convolutions(network):
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")


def draw_linear(network, std):
    for module in network.modules():
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=std)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


class Network(nn.Module):
    """Backbone and head over several crops: one pass per run of views of equal size, then the head once over all rows."""

    heads = {"dino": DinoHead, "swav": SwavHead, "moco": MocoHead}

    def __init__(self, recipe, student, fast):
        super().__init__()
        backbone = recipe["backbone"]
        if backbone["name"] == "vit_tiny":
            self.backbone = ViTTiny(backbone["drop-path"] if student else 0, fast)
        else:
            self.backbone = {"mobilenet_v2": MobileNetV2, "resnet18": ResNet18}[backbone["name"]]()
        method = recipe["method"]
        self.head = self.heads[method["name"]](self.backbone.width, method["head"])

    def forward(self, views):
        features, start = [], 0
        for end in range(1, len(views) + 1):
            if end == len(views) or views[end].shape[-1] != views[start].shape[-1]:
                features.append(self.backbone(torch.cat(views[start:end])))
                start = end
        return self.head(torch.cat(features))
