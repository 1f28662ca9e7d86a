package viewfit.formats;

import java.nio.file.Path;
import java.util.Map;

/** How torchvision, whose names the weights have, loads a convolutional network and puts it under a detector. */
final class TorchvisionExport {
    static final String README = "README.md";

    private static final String RESNET =
            """
                from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
                backbone = resnet_fpn_backbone(
                    backbone_name="ARCH", weights=None, norm_layer=torch.nn.BatchNorm2d, trainable_layers=5)
                backbone.body.load_state_dict(torch.load("../model.pth", weights_only=True), strict=True)
                detector = torchvision.models.detection.MaskRCNN(backbone, num_classes=91)

            The default `norm_layer` is a frozen one, and `trainable_layers` is 3: both are for supervised weights.""";

    private static final String MOBILENET =
            """
                from torchvision.models.detection.backbone_utils import mobilenet_backbone
                backbone = mobilenet_backbone(
                    backbone_name="mobilenet_v2", weights=None, fpn=True, norm_layer=torch.nn.BatchNorm2d, trainable_layers=6)
                state = torch.load("../model.pth", weights_only=True)
                body = {name.removeprefix("features."): tensor for name, tensor in state.items()}
                backbone.body.load_state_dict(body, strict=True)

            A trap: the pyramid this makes stands on `features.14` and `features.18`, which both have stride 32. `../detectron2`
            takes `features.13` (stride 16, 96 channels) and `features.18` (stride 32, 1280 channels), as the detection code of
            saic-fi/SSLight does. For the same here: `torchvision.models._utils.IntermediateLayerGetter(model.features,
            {"13": "0", "18": "1"})` below a `torchvision.ops.FeaturePyramidNetwork([96, 1280], 256)`.""";

    private TorchvisionExport() {}

    static void write(Path folder, BackboneExport export) {
        boolean mobilenet = export.arch().equals("mobilenet_v2");
        String width = mobilenet ? "1280" : export.arch().equals("resnet50") ? "2048" : "512";
        ResourceText.write(
                folder.resolve(README),
                "torchvision/README.md",
                Map.of(
                        "arch", export.arch(),
                        "tensorCount", Integer.toString(export.tensors().size()),
                        "classifier", mobilenet ? "classifier" : "fc",
                        "width", width,
                        "detector", mobilenet ? MOBILENET : RESNET.replace("ARCH", export.arch()),
                        "mean", export.mean().toString(),
                        "std", export.std().toString(),
                        "origin", ResourceText.list(export.origin())));
    }
}
