package viewfit.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.formats.BackboneWeights.Which;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.Goldens;
import viewfit.graph.Graph;
import viewfit.graph.GraphBuilder;

class BackboneWeightsTest {
    @TempDir
    Path folder;

    /** A ResNet in name, small in size: three tensors of a stem with its statistics. */
    private static Graph tiny() {
        GraphBuilder g = new GraphBuilder("resnet0", 1);
        return g.build(g.batchNorm("bn1", g.conv("conv1", g.input(), 2, 1, 1, 1)));
    }

    /** Its tensors under other names; values count up from {@code first}. */
    private static List<Tensor> tinyTensors(float first, UnaryOperator<String> naming) {
        List<Tensor> tensors = new ArrayList<>();
        tensors.add(Tensor.f32(naming.apply("conv1.weight"), new long[] {2, 1, 1, 1}, first, first + 1));
        for (String name : List.of("weight", "bias", "running_mean", "running_var")) {
            tensors.add(Tensor.f32(naming.apply("bn1." + name), new long[] {2}, first, first + 2));
        }
        tensors.add(Tensor.i64(naming.apply("bn1.num_batches_tracked"), new long[0], 9));
        return tensors;
    }

    private WeightFile file(List<Tensor> tensors) {
        Path file = folder.resolve("weights.safetensors");
        Safetensors.write(file, tensors, Map.of());
        return WeightFile.open(file);
    }

    private static List<Tensor> join(List<Tensor> a, List<Tensor> b) {
        return Stream.concat(a.stream(), b.stream()).toList();
    }

    private static float first(BackboneWeights weights) {
        return weights.tensors().get("conv1.weight").floats()[0];
    }

    private static Tensor filled(String name, long[] shape, float value) {
        ByteBuffer data =
                ByteBuffer.allocate((int) Tensor.count(shape) * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (data.hasRemaining()) {
            data.putFloat(value);
        }
        return new Tensor(name, DType.F32, shape, data.flip());
    }

    /** The rule for the whole sequence of an official network, against the two lists of names of each architecture. */
    @ParameterizedTest
    @MethodSource("viewfit.formats.TestBackbones#cases")
    void officialNamesFollowOneRule(GoldenCase c) {
        for (JsonNode row : c.get("tensors")) {
            WrappedName official = WrappedName.of(row.get(1).asText());
            assertEquals(row.get(0).asText(), BackboneNames.of(c.get("arch").asText(), official.name()));
            // names that are right already stay
            assertEquals(
                    row.get(0).asText(),
                    BackboneNames.of(c.get("arch").asText(), row.get(0).asText()));
        }
    }

    @Test
    void timmsMobileNetIsARuleThatGivesTheGoldenList() {
        int checked = 0;
        for (JsonNode row : Goldens.coco().json("mnv2_timm_map.json")) {
            String torchvision = row.get(0).asText();
            if (!torchvision.startsWith("classifier.")) {
                assertEquals(
                        torchvision, BackboneNames.of("mobilenet_v2", row.get(1).asText()));
                checked++;
            }
        }
        assertEquals(312, checked);
        assertEquals("bn1.weight", BackboneNames.of("resnet18", "bn1.weight"));
        assertEquals("2.weight", BackboneNames.of("resnet18", "2.weight"));
        assertEquals("0.weight", BackboneNames.of("vit_tiny", "0.weight"));
        assertEquals("blocks.0.0.bn3.bias", BackboneNames.of("mobilenet_v2", "blocks.0.0.bn3.bias"));
    }

    /** The lists of torchvision and timm, which include a classifier. */
    @ParameterizedTest
    @CsvSource({
        "torchvision/resnet18, resnet18, 2",
        "torchvision/resnet34, resnet34, 2",
        "torchvision/resnet50, resnet50, 2",
        "torchvision/mobilenet_v2, mobilenet_v2, 2",
        "timm/vit_tiny_patch16_224, vit_tiny, 2",
        "timm/vit_small_patch16_224, vit_small, 2",
        "timm/resnet18, resnet18, 2",
        "timm/mobilenetv2_100, mobilenet_v2, 2"
    })
    void publishedNamesAndShapesFit(String list, String arch, int head) {
        List<Tensor> tensors = new ArrayList<>();
        JsonNode rows = Goldens.coco().json("names.json").get(list);
        for (JsonNode row : rows) {
            long[] shape = GoldenCase.longs(row.get(1));
            tensors.add(
                    row.get(2).asText().equals("int64")
                            ? Tensor.i64(row.get(0).asText(), shape, 0)
                            : filled(row.get(0).asText(), shape, 1));
        }
        BackboneWeights weights = BackboneWeights.read(file(tensors), TestBackbones.graph(arch), Which.DEFAULT);
        assertEquals(List.of(), weights.report().missing());
        assertEquals("", weights.report().prefix());
        assertEquals(head, weights.report().leftOut().size());
        assertEquals(rows.size(), weights.report().matched() + weights.passes().size() + head);
    }

    @ParameterizedTest
    @CsvSource({
        "''",
        "module.",
        "backbone.",
        "encoder.",
        "module.backbone.",
        "module.student.backbone.",
        "module.network.backbone.",
        "module.encoder_q.backbone.",
        "module.encoder_q.",
        "student.backbone.",
        "module.teacher.backbone.",
        "teacher.backbone."
    })
    void prefixesOfTrainingCodeAreStripped(String prefix) {
        Tensor head = Tensor.f32(prefix + "fc.weight", new long[] {1}, 1);
        List<Tensor> tensors = join(tinyTensors(5, name -> prefix + name), List.of(head));
        BackboneWeights weights = BackboneWeights.read(file(tensors), tiny(), Which.DEFAULT);
        assertEquals(prefix, weights.report().prefix());
        assertEquals(5, weights.report().matched());
        assertEquals(List.of(head.name()), weights.report().leftOut());
        assertEquals(5, first(weights));
        assertEquals(Map.of("bn1.num_batches_tracked", 9L), weights.passes());
        assertEquals(
                List.of("conv1.weight", "bn1.weight", "bn1.bias", "bn1.running_mean", "bn1.running_var"),
                List.copyOf(weights.tensors().keySet()));
    }

    @ParameterizedTest
    @CsvSource({
        "module.student.backbone., module.teacher.backbone.",
        "module.encoder_q.backbone., module.encoder_k.backbone.",
        "student.backbone., teacher.backbone."
    })
    void ofTwoNetworksTheStudentIsTakenUnlessTheTeacherIsAskedFor(String student, String teacher) {
        Tensor queue = Tensor.f32("module.queue", new long[] {1}, 1);
        Tensor momentum = Tensor.f32("optimizer.momentum.backbone.conv1.weight", new long[] {1}, 1);
        WeightFile file = file(join(
                join(tinyTensors(1, n -> teacher + n), tinyTensors(2, n -> student + n)), List.of(queue, momentum)));
        assertEquals(2, first(BackboneWeights.read(file, tiny(), Which.DEFAULT)));
        assertEquals(2, first(BackboneWeights.read(file, tiny(), Which.STUDENT)));
        BackboneWeights weights = BackboneWeights.read(file, tiny(), Which.TEACHER);
        assertEquals(1, first(weights));
        assertEquals(teacher, weights.report().prefix());
        assertEquals(8, weights.report().leftOut().size());
        assertTrue(weights.report().leftOut().containsAll(List.of(queue.name(), momentum.name())));
    }

    @Test
    void dinosOwnFilesKeepTheNetworksInTwoDictionaries() throws IOException {
        PickleBytes p = new PickleBytes().op('}');
        Map<String, byte[]> storages = new LinkedHashMap<>();
        for (String name : List.of("student", "teacher")) {
            p.text(name).op('}');
            for (Tensor t : tinyTensors(name.equals("student") ? 3 : 4, n -> n)) {
                String key = Integer.toString(storages.size());
                byte[] bytes = new byte[t.byteCount()];
                t.data().get(bytes);
                storages.put(key, bytes);
                long[] shape = t.shape();
                p.text((name.equals("student") ? "module.backbone." : "backbone.") + t.name());
                long[] stride = new long[shape.length];
                java.util.Arrays.fill(stride, 1);
                p.tensor(t.dtype() == DType.I64 ? "LongStorage" : "FloatStorage", key, t.count(), 0, shape, stride);
                p.op('s');
            }
            p.op('s');
        }
        Path path = Files.write(folder.resolve("dino.pth"), TorchBytes.zip("x/", false, p.end(), storages));
        assertEquals(3, first(BackboneWeights.read(path, tiny())));
        BackboneWeights weights = BackboneWeights.read(WeightFile.open(path), tiny(), Which.TEACHER);
        assertEquals(4, first(weights));
        assertEquals("teacher", weights.report().dictionary());
        assertEquals("backbone.", weights.report().prefix());
        assertTrue(weights.report().leftOut().contains("student.module.backbone.conv1.weight"));
    }

    @Test
    void otherFloatTypesAreConvertedAndCounted() {
        List<Tensor> tensors = new ArrayList<>(tinyTensors(1, n -> n));
        ByteBuffer doubles = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        tensors.set(
                1,
                new Tensor(
                        "bn1.weight",
                        DType.F64,
                        new long[] {2},
                        doubles.putDouble(0.1).putDouble(2).flip()));
        ByteBuffer halves = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        tensors.set(
                2,
                new Tensor(
                        "bn1.bias",
                        DType.F16,
                        new long[] {2},
                        halves.putShort((short) 0x3c00).putShort((short) 0xc000).flip()));
        BackboneWeights weights = BackboneWeights.read(file(tensors), tiny(), Which.DEFAULT);
        assertArrayEquals(
                new float[] {0.1f, 2}, weights.tensors().get("bn1.weight").floats());
        assertArrayEquals(new float[] {1, -2}, weights.tensors().get("bn1.bias").floats());
        assertEquals(Map.of(DType.F64, 1, DType.F16, 1), weights.report().converted());
    }

    /** torch before 0.4.1 did not count the passes of a batch norm. */
    @Test
    void onlyCountersMayBeMissing() {
        List<Tensor> tensors = tinyTensors(1, n -> n).subList(0, 5);
        BackboneWeights weights = BackboneWeights.read(file(tensors), tiny(), Which.DEFAULT);
        assertEquals(List.of("bn1.num_batches_tracked"), weights.report().missing());
        assertEquals(Map.of(), weights.passes());
    }

    private String refuse(List<Tensor> tensors, Which which) {
        WeightFile file = file(tensors);
        StageFailure failure = assertThrows(StageFailure.class, () -> BackboneWeights.read(file, tiny(), which));
        assertEquals(ExitCode.BAD_DATA, failure.exitCode());
        assertFalse(failure.getMessage().contains("\n"), failure.getMessage());
        return failure.getMessage().replace(file.file() + ": ", "");
    }

    @Test
    void whatDoesNotFitIsNamedWithCounts() {
        List<Tensor> tensors = new ArrayList<>(tinyTensors(1, n -> "module." + n));
        tensors.remove(4);
        tensors.set(0, Tensor.f32("module.conv1.weight", new long[] {1, 2, 1, 1}, 1, 2));
        tensors.add(Tensor.f32("module.layer1.0.conv1.weight", new long[] {1}, 1));
        tensors.add(Tensor.f32("module.fc.weight", new long[] {1}, 1));
        assertEquals(
                "module.: found 4 of 5 tensors, 1 missing (bn1.running_var), 1 of another shape (conv1.weight [1, 2, 1, 1]"
                        + " instead of [2, 1, 1, 1]), 1 unknown (module.layer1.0.conv1.weight): expected all tensors of"
                        + " resnet0 and no others but those of a head",
                refuse(tensors, Which.DEFAULT));
    }

    @Test
    void otherContentNamesBothSides() {
        assertEquals(
                "found no tensor of resnet0 among 6 (x.bn1.num_batches_tracked, x.bn1.bias, x.bn1.running_mean, ...):"
                        + " expected conv1.weight, bn1.weight, bn1.bias, ...",
                refuse(tinyTensors(1, n -> "x." + n), Which.DEFAULT));
        assertEquals(
                "found only SINGLE 'module.': expected a TEACHER network",
                refuse(tinyTensors(1, n -> "module." + n), Which.TEACHER));
        assertEquals(
                "found only TEACHER 'teacher.': expected a STUDENT network",
                refuse(tinyTensors(1, n -> "teacher." + n), Which.STUDENT));
    }

    @Test
    void ambiguousFilesAreRefused() {
        assertTrue(refuse(join(tinyTensors(1, n -> "module." + n), tinyTensors(2, n -> "backbone." + n)), Which.DEFAULT)
                .contains("expected one network of each kind"));
        assertTrue(refuse(
                        join(
                                tinyTensors(1, n -> "encoder." + n),
                                List.of(Tensor.f32("encoder.0.weight", new long[] {2, 1, 1, 1}, 1, 1))),
                        Which.DEFAULT)
                .contains("expected one tensor for conv1.weight"));
    }

    @ParameterizedTest
    @CsvSource({"NaN", "Infinity", "-Infinity"})
    void valuesThatAreNotFiniteAreRefused(float value) {
        List<Tensor> tensors = new ArrayList<>(tinyTensors(1, n -> "module." + n));
        tensors.set(2, Tensor.f32("module.bn1.bias", new long[] {2}, 0, value));
        assertEquals(
                "module.bn1.bias: found " + value + " as element 1 of bn1.bias F32 [2]: expected finite float32 values",
                refuse(tensors, Which.DEFAULT));
    }

    @Test
    void wholeNumbersAreNoWeightsAndCountersNoFloats() {
        List<Tensor> tensors = new ArrayList<>(tinyTensors(1, n -> n));
        tensors.set(2, Tensor.i64("bn1.bias", new long[] {2}, 0, 1));
        assertTrue(refuse(tensors, Which.DEFAULT).startsWith("bn1.bias: found elements I64: expected floating-point"));
        tensors = new ArrayList<>(tinyTensors(1, n -> n));
        tensors.set(5, Tensor.f32("bn1.num_batches_tracked", new long[0], 1));
        assertTrue(refuse(tensors, Which.DEFAULT).contains("expected one int64 from 0"));
    }
}
