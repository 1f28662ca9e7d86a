package viewfit.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.GoldenTensor;
import viewfit.goldens.Goldens;
import viewfit.graph.Cost;
import viewfit.graph.Graph;
import viewfit.graph.Init;
import viewfit.graph.Parameter;

class BackbonesTest {
    static List<GoldenCase> known() {
        return Goldens.ssl().cases("backbone_tensors").stream()
                .filter(c -> Backbones.names().contains(c.get("arch").asText()))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("known")
    void tensorsHaveTheReferenceNamesShapesAndOrder(GoldenCase golden) {
        Graph graph = Backbones.graph(golden.get("arch").asText());
        List<String> expected = golden.tensors().stream()
                .filter(t -> !t.kind().equals("zero_int64"))
                .map(t -> t.name() + Arrays.toString(t.shape()))
                .toList();
        assertEquals(
                expected, graph.state().stream().map(p -> p.name() + p.shape()).toList());
        assertEquals(golden.get("param_count").asLong(), graph.parameterCount());
        assertEquals(golden.get("out_dim").asInt(), graph.outputWidth());
        assertEquals(
                golden.tensors().stream()
                        .filter(t -> t.kind().equals("zero_int64"))
                        .map(GoldenTensor::name)
                        .toList(),
                graph.batchNorms().stream().map(n -> n + ".num_batches_tracked").toList());
    }

    /** U34: 0.2995 G multiply-accumulates at 224 x 224. */
    @Test
    void mobileNetCost() {
        assertEquals(0.2995, Cost.macs(MobileNetV2.graph(), 224, 224) / 1e9, 0.00005);
        assertTrue(Cost.macs(MobileNetV2.graph(), 103, 103) < Cost.macs(MobileNetV2.graph(), 112, 112));
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
    }

    @Test
    void headWithoutHiddenLayerIsOneProjection() {
        Graph head = Heads.dino(8, 1, 99, 4, 5, true, false);
        assertEquals(
                List.of("mlp.0.weight", "mlp.0.bias", "last_layer.weight_g", "last_layer.weight_v"),
                head.parameters().stream().map(Parameter::name).toList());
        assertThrows(IllegalArgumentException.class, () -> Heads.dino(8, 0, 9, 4, 5, true, false));
    }

    @Test
    void unknownBackboneNamesTheKnownOnes() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Backbones.graph("mobilenetv2"));
        assertTrue(e.getMessage().contains("mobilenet_v2"), e.getMessage());
    }
}
