"""MobileNetV2 with a feature pyramid for Detectron2, which has no MobileNetV2 of its own.

Importing this file registers the backbone "build_viewfit_mobilenet_v2_fpn_backbone".
It reads MODEL.RESNETS.NORM, MODEL.BACKBONE.FREEZE_AT and MODEL.FPN.*, and adds no keys.

Started as a program it trains or evaluates, with the options of Detectron2's train_net.py:

    python viewfit_mobilenet_v2.py --config-file mask_rcnn_1x.yaml --num-gpus 8
"""
import os

from torch import nn

from detectron2.layers import FrozenBatchNorm2d, ShapeSpec, get_norm
from detectron2.modeling import BACKBONE_REGISTRY, FPN, Backbone
from detectron2.modeling.backbone.fpn import LastLevelMaxPool

# Expansion, output channels, repetitions, stride of the first: table 2 of the MobileNetV2 paper.
BLOCKS = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
STEM_CHANNELS = 32
LAST_CHANNELS = 1280

# Name, first and past-the-end index in the sequence of 19 layers, stride. A stage ends before the next stride.
STAGES = [("stem", 0, 2, 2), ("stage2", 2, 4, 4), ("stage3", 4, 7, 8), ("stage4", 7, 14, 16), ("stage5", 14, 19, 32)]


def convolution(inputs, outputs, kernel, stride, groups, norm):
    """Convolution, norm, ReLU6."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        get_norm(norm, outputs),
        nn.ReLU6(inplace=True),
    )


class InvertedResidual(nn.Module):
    """Widen by 1x1, filter each channel by 3x3, narrow by 1x1 without activation."""

    def __init__(self, inputs, outputs, stride, expansion, norm):
        super().__init__()
        hidden = inputs * expansion
        layers = [] if expansion == 1 else [convolution(inputs, hidden, 1, 1, 1, norm)]
        layers += [
            convolution(hidden, hidden, 3, stride, hidden, norm),
            nn.Conv2d(hidden, outputs, 1, bias=False),
            get_norm(norm, outputs),
        ]
        self.conv = nn.Sequential(*layers)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.conv(x) if self.residual else self.conv(x)


class MobileNetV2(Backbone):
    """The five stages, each with the name and stride listed above; all of them are outputs."""

    def __init__(self, input_channels, norm, freeze_at=0):
        super().__init__()
        layers = [convolution(input_channels, STEM_CHANNELS, 3, 2, 1, norm)]
        widths = [STEM_CHANNELS]
        for expansion, outputs, repeats, first_stride in BLOCKS:
            for i in range(repeats):
                layers.append(InvertedResidual(widths[-1], outputs, first_stride if i == 0 else 1, expansion, norm))
                widths.append(outputs)
        layers.append(convolution(widths[-1], LAST_CHANNELS, 1, 1, 1, norm))
        widths.append(LAST_CHANNELS)

        self._out_features = [name for name, _, _, _ in STAGES]
        self._out_feature_strides = {name: stride for name, _, _, stride in STAGES}
        self._out_feature_channels = {name: widths[end - 1] for name, _, end, _ in STAGES}
        for number, (name, start, end, _) in enumerate(STAGES, start=1):
            stage = nn.Sequential(*layers[start:end])
            if freeze_at >= number:
                for parameter in stage.parameters():
                    parameter.requires_grad = False
                stage = FrozenBatchNorm2d.convert_frozen_batchnorm(stage)
            self.add_module(name, stage)

    def forward(self, x):
        features = {}
        for name in self._out_features:
            x = getattr(self, name)(x)
            features[name] = x
        return features


@BACKBONE_REGISTRY.register()
def build_viewfit_mobilenet_v2_fpn_backbone(cfg, input_shape: ShapeSpec):
    """Feature pyramid over the stages in MODEL.FPN.IN_FEATURES, with one more level pooled from the last."""
    bottom_up = MobileNetV2(input_shape.channels, cfg.MODEL.RESNETS.NORM, cfg.MODEL.BACKBONE.FREEZE_AT)
    return FPN(
        bottom_up=bottom_up,
        in_features=cfg.MODEL.FPN.IN_FEATURES,
        out_channels=cfg.MODEL.FPN.OUT_CHANNELS,
        norm=cfg.MODEL.FPN.NORM,
        top_block=LastLevelMaxPool(),
        fuse_type=cfg.MODEL.FPN.FUSE_TYPE,
    )


def main(args):
    from detectron2.checkpoint import DetectionCheckpointer
    from detectron2.config import get_cfg
    from detectron2.engine import DefaultTrainer, default_setup
    from detectron2.evaluation import COCOEvaluator

    class Trainer(DefaultTrainer):
        @classmethod
        def build_evaluator(cls, cfg, dataset_name, output_folder=None):
            return COCOEvaluator(dataset_name, output_dir=output_folder or os.path.join(cfg.OUTPUT_DIR, "inference"))

    cfg = get_cfg()
    cfg.merge_from_file(args.config_file)
    cfg.merge_from_list(args.opts)
    cfg.freeze()
    default_setup(cfg, args)
    if args.eval_only:
        model = Trainer.build_model(cfg)
        DetectionCheckpointer(model, save_dir=cfg.OUTPUT_DIR).resume_or_load(cfg.MODEL.WEIGHTS, resume=args.resume)
        return Trainer.test(cfg, model)
    trainer = Trainer(cfg)
    trainer.resume_or_load(resume=args.resume)
    return trainer.train()


if __name__ == "__main__":
    from detectron2.engine import default_argument_parser, launch

    arguments = default_argument_parser().parse_args()
    launch(
        main,
        arguments.num_gpus,
        num_machines=arguments.num_machines,
        machine_rank=arguments.machine_rank,
        dist_url=arguments.dist_url,
        args=(arguments,),
    )
