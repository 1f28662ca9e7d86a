package viewfit.formats;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tensor names of a bottom-up network in Detectron2, from torchvision's names. For ResNets these are the names of
 * detectron2/modeling/backbone/resnet.py; Detectron2 has no MobileNetV2, so its stages follow the layout of the detection code of
 * the repository saic-fi/SSLight, which the plugin beside the exported file also uses.
 */
public final class Detectron2Names {
    private static final Pattern LAYER = Pattern.compile("layer([1-4])\\.(\\d+)\\.(.+)");
    private static final Pattern FEATURE = Pattern.compile("features\\.(\\d+)\\.(.+)");

    /** Index of the first {@code features} block of stem, stage2, stage3, stage4 and stage5 (strides 2, 4, 8, 16, 32). */
    private static final List<Integer> MOBILENET_STAGE_STARTS = List.of(0, 2, 4, 7, 14);

    private static final int MOBILENET_BLOCKS = 19;

    private Detectron2Names() {}

    /**
     * The Detectron2 name of a torchvision tensor, without the {@code backbone.bottom_up.} in front; empty for the tensors of the
     * classifier, which a detector does not have.
     *
     * @param arch {@code mobilenet_v2} or a name that begins with {@code resnet}
     * @throws IllegalArgumentException for other architectures and for names that the architecture does not have
     */
    public static Optional<String> of(String arch, String name) {
        if (arch.equals("mobilenet_v2")) {
            return name.startsWith("classifier.") ? Optional.empty() : Optional.of(mobilenet(name));
        }
        if (arch.startsWith("resnet")) {
            return name.startsWith("fc.") ? Optional.empty() : Optional.of(resnet(name));
        }
        throw new IllegalArgumentException(
                arch + ": Detectron2 names exist for mobilenet_v2, resnet18, resnet34, resnet50");
    }

    private static String resnet(String name) {
        Matcher layer = LAYER.matcher(name);
        if (layer.matches()) {
            int stage = Integer.parseInt(layer.group(1)) + 1;
            return "res" + stage + "." + layer.group(2) + "." + inBlock(name, layer.group(3));
        }
        return "stem." + inBlock(name, name);
    }

    /** conv stays, the norm moves below its convolution, the projection of the identity is called shortcut. */
    private static String inBlock(String name, String rest) {
        Matcher convolution = Pattern.compile("conv([1-3])\\.(.+)").matcher(rest);
        if (convolution.matches()) {
            return rest;
        }
        Matcher norm = Pattern.compile("bn([1-3])\\.(.+)").matcher(rest);
        if (norm.matches()) {
            return "conv" + norm.group(1) + ".norm." + norm.group(2);
        }
        if (rest.startsWith("downsample.0.")) {
            return "shortcut." + rest.substring("downsample.0.".length());
        }
        if (rest.startsWith("downsample.1.")) {
            return "shortcut.norm." + rest.substring("downsample.1.".length());
        }
        throw new IllegalArgumentException(name + ": not a tensor of a ResNet");
    }

    private static String mobilenet(String name) {
        Matcher feature = FEATURE.matcher(name);
        if (!feature.matches() || Integer.parseInt(feature.group(1)) >= MOBILENET_BLOCKS) {
            throw new IllegalArgumentException(name + ": not a tensor of a MobileNetV2");
        }
        int block = Integer.parseInt(feature.group(1));
        int stage = MOBILENET_STAGE_STARTS.size() - 1;
        while (MOBILENET_STAGE_STARTS.get(stage) > block) {
            stage--;
        }
        String stageName = stage == 0 ? "stem" : "stage" + (stage + 1);
        return stageName + "." + (block - MOBILENET_STAGE_STARTS.get(stage)) + "." + feature.group(2);
    }
}
