package viewfit.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.contract.StageFailure;
import viewfit.graph.Graph;
import viewfit.graph.GraphBuilder;
import viewfit.zoo.Backbones;

/** The file by a reader that knows the wire format alone; that onnxruntime computes the same is a test of the stage. */
class OnnxExportTest {
    @TempDir
    Path folder;

    private ProtoBytes model(String arch) throws IOException {
        Path file = folder.resolve("backbone.onnx");
        OnnxExport.write(file, Backbones.graph(arch), TestBackbones.tensors(arch, "x/"));
        return ProtoBytes.of(Files.readAllBytes(file));
    }

    @Test
    void theHeadSaysWhichVersionsItSpeaks() throws IOException {
        ProtoBytes model = model("resnet18");
        assertEquals(8, model.number(1));
        assertEquals("Viewfit", model.text(2));
        assertEquals("", model.message(8).text(1));
        assertEquals(17, model.message(8).number(2));
        assertEquals("resnet18", model.message(7).text(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mobilenet_v2", "resnet18", "vit_tiny"})
    void everyWeightIsThereUnderItsNameAndNothingElse(String arch) throws IOException {
        Map<String, ProtoBytes> found = model(arch).message(7).messages(5).stream()
                .collect(Collectors.toMap(t -> t.text(8), Function.identity()));
        Set<String> names = new HashSet<>();
        for (Tensor tensor : TestBackbones.tensors(arch, "x/")) {
            if (tensor.dtype() == DType.F32) {
                ProtoBytes initialiser = found.get(tensor.name());
                assertEquals(1, initialiser.number(2), tensor.name());
                assertArrayEquals(
                        tensor.shape(),
                        initialiser.numbers(1).stream()
                                .mapToLong(Long::longValue)
                                .toArray());
                assertEquals(ByteBuffer.wrap(initialiser.all(9).get(0)), tensor.data(), tensor.name());
                names.add(tensor.name());
            }
        }
        found.keySet().removeIf(n -> names.contains(n) || n.startsWith("constant."));
        assertEquals(Set.of(), found.keySet());
    }

    /** Values are made before they are read, once each, by nodes with names of their own. */
    @ParameterizedTest
    @ValueSource(strings = {"mobilenet_v2", "resnet18", "resnet34", "resnet50", "vit_tiny", "vit_small"})
    void theGraphIsWellFormed(String arch) throws IOException {
        ProtoBytes graph = model(arch).message(7);
        Set<String> known = new HashSet<>(Set.of("image"));
        graph.messages(5).forEach(t -> assertTrue(known.add(t.text(8)), t.text(8)));
        Set<String> used = new HashSet<>(Set.of("embedding"));
        Set<String> nodes = new HashSet<>();
        for (ProtoBytes node : graph.messages(1)) {
            assertTrue(known.containsAll(node.texts(1)), node.texts(1) + " before they are made");
            node.texts(2).forEach(out -> assertTrue(known.add(out), out + " is made twice"));
            used.addAll(node.texts(1));
            assertTrue(nodes.add(node.text(3)), node.text(3));
        }
        known.removeAll(used);
        assertEquals(Set.of(), known, "made or kept for nobody");
    }

    @ParameterizedTest
    @CsvSource({"resnet50, height, width, 2048", "vit_small, 224, 224, 384"})
    void anyBatchAndOfConvNetsAnySize(String arch, String height, String width, int features) throws IOException {
        ProtoBytes graph = model(arch).message(7);
        assertEquals(List.of("batch", "3", height, width), dimensions(graph.message(11), "image"));
        assertEquals(List.of("batch", Integer.toString(features)), dimensions(graph.message(12), "embedding"));
    }

    private static List<String> dimensions(ProtoBytes value, String name) {
        assertEquals(name, value.text(1));
        ProtoBytes type = value.message(2).message(1);
        assertEquals(1, type.number(1), "float32");
        List<String> sizes = new ArrayList<>();
        for (ProtoBytes dimension : type.message(2).messages(1)) {
            sizes.add(dimension.texts(2).isEmpty() ? Long.toString(dimension.number(1)) : dimension.text(2));
        }
        return sizes;
    }

    /** Numbers of several bytes, negative ones and floats, against bytes worked out by hand. */
    @Test
    void theWireFormatIsThatOfItsSpecification() throws IOException {
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        ProtoMessage message = new ProtoMessage()
                .number(1, 150)
                .text(2, "testing")
                .real(3, 1.5f)
                .numbers(4, 3, 270, 86942);
        message.writeTo(out);
        assertEquals(
                "089601" + "120774657374696e67" + "1d0000c03f" + "2206038e029ea705",
                java.util.HexFormat.of().formatHex(out.toByteArray()));
        assertEquals(out.size(), message.bytes());
        out.reset();
        new ProtoMessage().number(1, -1).writeTo(out);
        assertEquals("08ffffffffffffffffff01", java.util.HexFormat.of().formatHex(out.toByteArray()));
    }

    @Test
    void otherWeightsMakeAnotherModel() throws IOException {
        Graph graph = Backbones.graph("resnet18");
        Path file = folder.resolve("backbone.onnx");
        OnnxExport.write(file, graph, TestBackbones.tensors("resnet18", "x/"));
        OnnxExport.verify(file, graph, TestBackbones.tensors("resnet18", "x/"));
        List<Tensor> others = TestBackbones.tensors("resnet18", "y/");
        StageFailure failure = assertThrows(StageFailure.class, () -> OnnxExport.verify(file, graph, others));
        assertTrue(failure.getMessage().startsWith(file + ": found another model, of SHA-256 "), failure.getMessage());
    }

    @Test
    void headsAreRefused() {
        GraphBuilder g = new GraphBuilder("head", 4);
        Graph head = g.build(g.l2Normalize(g.input()));
        IllegalArgumentException failure = assertThrows(
                IllegalArgumentException.class, () -> OnnxExport.write(folder.resolve("h.onnx"), head, List.of()));
        assertTrue(failure.getMessage().startsWith("no ONNX form of L2Normalize"), failure.getMessage());
    }
}
