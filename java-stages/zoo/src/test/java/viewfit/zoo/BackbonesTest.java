package viewfit.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.recipe.BackboneRecipe;
import viewfit.core.recipe.OneOf;
import viewfit.graph.Cost;
import viewfit.graph.Graph;
import viewfit.graph.Init;
import viewfit.graph.Parameter;

class BackbonesTest {
    /** U33, U34: parameters without classifier, billions of multiply-accumulates at 224 x 224, width of the feature. */
    @ParameterizedTest
    @CsvSource({
        "mobilenet_v2, 2223872, 0.2995, 1280, 3504872",
        "resnet18, 11176512, 1.8136, 512, 11689512",
        "resnet34, 21284672, 3.6632, 512, 21797672",
        "resnet50, 23508032, 4.0871, 2048, 25557032",
        "vit_tiny, 5524416, 1.2535, 192, 5717416",
        "vit_small, 21665664, 4.5985, 384, 22050664"
    })
    void sizes(String name, long parameters, double macs, int width, long withClassifier) {
        Graph graph = Backbones.graph(name);
        assertEquals(parameters, graph.parameterCount());
        assertEquals(macs, Cost.macs(graph, 224, 224) / 1e9, 0.00005);
        assertEquals(width, graph.outputWidth());
        assertEquals(withClassifier, parameters + Heads.linear(width, 1000).parameterCount());
        assertEquals(Backbones.names().size(), 6);
    }

    /** Local views of 128 and 96 pixels (section C); odd sizes cost what their floored grid costs. */
    @ParameterizedTest
    @CsvSource({"vit_tiny, .374, .208", "vit_small, 1.438, .809"})
    void smallViewsCostLess(String name, double at128, double at96) {
        assertEquals(at128, Cost.macs(Backbones.graph(name), 128, 128) / 1e9, 0.0005);
        assertEquals(at96, Cost.macs(Backbones.graph(name), 96, 96) / 1e9, 0.0005);
        assertEquals(Cost.macs(Backbones.graph(name), 96, 96), Cost.macs(Backbones.graph(name), 103, 103));
    }

    @Test
    void convNetsTakeOddSizes() {
        assertTrue(Cost.macs(MobileNetV2.graph(), 103, 103) < Cost.macs(MobileNetV2.graph(), 112, 112));
    }

    /** The recipe's list of names and the zoo's are the same. */
    @Test
    void recipesKnowEveryBackbone() {
        for (String name : Backbones.names()) {
            assertEquals(name, Backbones.graph(name).name());
        }
        String[] words = BackboneRecipe.class
                .getRecordComponents()[0]
                .getAnnotation(OneOf.class)
                .value();
        assertEquals(Backbones.names(), List.of(words));
    }

    /** The last norm of every block, 8 of them in ResNet-18. */
    @Test
    void zeroInitResidualOfResNets() {
        List<Parameter> zero = ResNet.resnet18(true).parameters();
        List<String> changed = zero.stream()
                .filter(p -> p.name().endsWith("weight") && p.init().equals(new Init.Constant(0)))
                .map(Parameter::name)
                .toList();
        assertEquals(8, changed.size());
        assertTrue(changed.stream().allMatch(n -> n.endsWith("bn2.weight")), changed.toString());
    }

    /** U36: standard deviations of the stem, of a 96-channel depth-wise layer and of the last convolution. */
    @Test
    void initialisationFollowsFanOutWithoutGroups() {
        assertEquals(0.0833333, std("features.0.0.weight"), 1e-7);
        assertEquals(0.0481125, std("features.2.conv.1.0.weight"), 1e-7);
        assertEquals(0.0395285, std("features.18.0.weight"), 1e-7);
    }

    /** Ten of the seventeen blocks have a skip; names and shapes stay. */
    @Test
    void zeroInitResidualTouchesOnlyTheBranchEnds() {
        List<Parameter> plain = MobileNetV2.graph().parameters();
        List<Parameter> zero = MobileNetV2.graph(true).parameters();
        List<String> changed = new ArrayList<>();
        for (int i = 0; i < plain.size(); i++) {
            assertEquals(plain.get(i).name(), zero.get(i).name());
            if (!plain.get(i).equals(zero.get(i))) {
                assertEquals(new Init.Constant(0), zero.get(i).init());
                changed.add(plain.get(i).name());
            }
        }
        assertEquals(10, changed.size());
        assertTrue(changed.contains("features.3.conv.3.weight"), changed.toString());
    }

    private static double std(String name) {
        Parameter p = MobileNetV2.graph().parameters().stream()
                .filter(q -> q.name().equals(name))
                .findFirst()
                .orElseThrow();
        return ((Init.Normal) p.init()).std();
    }

    /** U31: sizes of the heads that the recipes use. */
    @Test
    void headSizes() {
        Graph head = Heads.dino(1280, 3, 2048, 256, 4096, true, false);
        long trainable = head.parameters().stream()
                .filter(Parameter::trainable)
                .mapToLong(Parameter::size)
                .sum();
        assertEquals(8_401_152, trainable);
        long resnet = Heads.dino(512, 3, 2048, 256, 4096, true, false).parameterCount() - 4096;
        assertEquals(6_828_288, resnet);
        assertEquals(
                21_958_912, Heads.dino(192, 3, 2048, 256, 65536, false, true).parameterCount());
        // U32.
        assertEquals(
                5_779_584 + 384_000, Heads.swav(1280, 2, 4096, 128, 3000, true).parameterCount());
        assertEquals(2_885_760, Heads.moco(1280, 2, 2048, 128, false, false).parameterCount());
    }

    @Test
    void headWithoutHiddenLayerIsOneProjection() {
        Graph head = Heads.dino(8, 1, 99, 4, 5, true, false);
        assertEquals(
                List.of("mlp.weight", "mlp.bias", "last_layer.weight_g", "last_layer.weight_v"),
                head.parameters().stream().map(Parameter::name).toList());
        assertThrows(IllegalArgumentException.class, () -> Heads.dino(8, 0, 9, 4, 5, true, false));
    }

    @Test
    void unknownBackboneNamesTheKnownOnes() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Backbones.graph("mobilenetv2"));
        assertTrue(e.getMessage().contains("mobilenet_v2"), e.getMessage());
    }
}
