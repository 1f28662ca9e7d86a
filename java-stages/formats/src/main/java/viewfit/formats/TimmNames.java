package viewfit.formats;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * timm's names of a backbone's tensors: those of torchvision but for {@code mobilenetv2_100}, which counts its blocks by stage
 * and names each layer by its role. The way back is {@link BackboneNames}.
 */
final class TimmNames {
    private static final Pattern END = Pattern.compile("features\\.((?:0|18)\\.[01])\\.(\\w+)");
    private static final Pattern BLOCK = Pattern.compile("features\\.(\\d+)\\.conv\\.(\\d(?:\\.\\d)?)\\.(\\w+)");
    private static final Map<String, String> ENDS = inverse(BackboneNames.TIMM_ENDS);
    private static final Map<String, String> PLAIN = inverse(BackboneNames.PLAIN_LAYERS);
    private static final Map<String, String> EXPANDING = inverse(BackboneNames.EXPANDING_LAYERS);

    private TimmNames() {}

    private static Map<String, String> inverse(Map<String, String> map) {
        return map.entrySet().stream().collect(Collectors.toUnmodifiableMap(Map.Entry::getValue, Map.Entry::getKey));
    }

    /**
     * timm's name of a tensor of the graph.
     *
     * @throws IllegalArgumentException for names that a MobileNetV2 does not have
     */
    static String of(String arch, String name) {
        if (!arch.equals("mobilenet_v2")) {
            return name;
        }
        Matcher end = END.matcher(name);
        if (end.matches()) {
            return ENDS.get(end.group(1)) + "." + end.group(2);
        }
        Matcher block = BLOCK.matcher(name);
        int feature = block.matches() ? Integer.parseInt(block.group(1)) : 0;
        int stage = BackboneNames.STAGE_STARTS.size() - 1;
        while (stage >= 0 && BackboneNames.STAGE_STARTS.get(stage) > feature) {
            stage--;
        }
        String layer = stage < 0 ? null : (stage == 0 ? PLAIN : EXPANDING).get(block.group(2));
        if (layer == null) {
            throw new IllegalArgumentException(name + ": not a tensor of a MobileNetV2");
        }
        int inStage = feature - BackboneNames.STAGE_STARTS.get(stage);
        return "blocks." + stage + "." + inStage + "." + layer + "." + block.group(3);
    }
}
