package viewfit.formats;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Other names under which files store a backbone's tensors, turned into the names of {@link viewfit.graph.Graph#state()}:
 *
 * <ul>
 *   <li>the repository saic-fi/SSLight keeps a convolutional network as one sequence: MobileNetV2 {@code i.*} is
 *       {@code features.i.*}; ResNet {@code 0, 1, 4, 5, 6, 7} are {@code conv1, bn1, layer1 ... layer4};
 *   <li>timm's {@code mobilenetv2_100} counts its blocks by stage and names each layer by its role.
 * </ul>
 */
final class BackboneNames {
    private static final Pattern SEQUENCE = Pattern.compile("(\\d{1,2})\\.(.+)");
    private static final Map<String, String> RESNET_SEQUENCE =
            Map.of("0", "conv1", "1", "bn1", "4", "layer1", "5", "layer2", "6", "layer3", "7", "layer4");

    static final Map<String, String> TIMM_ENDS =
            Map.of("conv_stem", "0.0", "bn1", "0.1", "conv_head", "18.0", "bn2", "18.1");
    private static final Pattern TIMM_END = Pattern.compile("(conv_stem|bn1|conv_head|bn2)\\.(\\w+)");
    private static final Pattern TIMM_BLOCK = Pattern.compile("blocks\\.([0-6])\\.([0-3])\\.(\\w+)\\.(\\w+)");

    /** First feature block of each stage; block 0 is the stem. */
    static final List<Integer> STAGE_STARTS = List.of(1, 2, 4, 7, 11, 14, 17);

    /** Layers within a block: the first stage does not expand, the others do. */
    static final Map<String, String> PLAIN_LAYERS = Map.of("conv_dw", "0.0", "bn1", "0.1", "conv_pw", "1", "bn2", "2");

    static final Map<String, String> EXPANDING_LAYERS =
            Map.of("conv_pw", "0.0", "bn1", "0.1", "conv_dw", "1.0", "bn2", "1.1", "conv_pwl", "2", "bn3", "3");

    private BackboneNames() {}

    /**
     * The name in the graph; the name itself where no rule applies.
     *
     * @param arch name of the graph, for example {@code resnet18}
     */
    static String of(String arch, String name) {
        Matcher sequence = SEQUENCE.matcher(name);
        if (arch.equals("mobilenet_v2")) {
            return sequence.matches() ? "features." + name : ofTimm(name);
        }
        if (arch.startsWith("resnet") && sequence.matches()) {
            String module = RESNET_SEQUENCE.get(sequence.group(1));
            return module == null ? name : module + "." + sequence.group(2);
        }
        return name;
    }

    private static String ofTimm(String name) {
        Matcher end = TIMM_END.matcher(name);
        if (end.matches()) {
            return "features." + TIMM_ENDS.get(end.group(1)) + "." + end.group(2);
        }
        Matcher block = TIMM_BLOCK.matcher(name);
        if (!block.matches()) {
            return name;
        }
        int stage = Integer.parseInt(block.group(1));
        int feature = STAGE_STARTS.get(stage) + Integer.parseInt(block.group(2));
        String layer = (stage == 0 ? PLAIN_LAYERS : EXPANDING_LAYERS).get(block.group(3));
        return layer == null ? name : "features." + feature + ".conv." + layer + "." + block.group(4);
    }
}
