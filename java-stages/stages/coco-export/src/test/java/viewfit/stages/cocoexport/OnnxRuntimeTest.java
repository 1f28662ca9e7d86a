package viewfit.stages.cocoexport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.formats.OnnxExport;
import viewfit.formats.SelfCheck;
import viewfit.formats.Tensor;
import viewfit.graph.Graph;
import viewfit.graph.Init;
import viewfit.graph.Parameter;
import viewfit.zoo.Backbones;

/** The ONNX form of each backbone computes in onnxruntime what the network computes in the engine. */
class OnnxRuntimeTest {
    @TempDir
    Path dir;

    /** First values of training, and statistics and biases that are not 0 and 1. */
    private static List<Tensor> weights(Graph graph) {
        List<Tensor> tensors = new ArrayList<>();
        for (Parameter p : graph.state()) {
            RandomStream random = SeedTree.root(7).at(p.name()).stream();
            float[] values = new float[p.size()];
            for (int i = 0; i < values.length; i++) {
                double value = 0.5 + random.nextDouble();
                if (p.init() instanceof Init.Normal n) {
                    value = n.std() * random.nextGaussian();
                } else if (p.name().endsWith("bias") || p.name().endsWith("mean")) {
                    value = 0.1 * random.nextGaussian();
                }
                values[i] = (float) value;
            }
            long[] shape = p.shape().stream().mapToLong(Integer::longValue).toArray();
            tensors.add(Tensor.f32(p.name(), shape, values));
        }
        return tensors;
    }

    private static Tensor images(int count, int height, int width) {
        RandomStream random = SeedTree.root(8).stream();
        float[] values = new float[count * 3 * height * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.f32("x", new long[] {count, 3, height, width}, values);
    }

    @ParameterizedTest
    @CsvSource({
        "mobilenet_v2, 64, 96",
        "resnet18, 64, 96",
        "resnet34, 64, 96",
        "resnet50, 64, 96",
        "vit_tiny, 224, 224",
        "vit_small, 224, 224"
    })
    void computesWhatTheEngineComputes(String arch, int height, int width) {
        Graph graph = Backbones.graph(arch);
        List<Tensor> tensors = weights(graph);
        Path file = dir.resolve("backbone.onnx");
        OnnxExport.write(file, graph, tensors);
        for (int count : List.of(1, 2)) {
            Tensor x = images(count, height, width);
            SelfCheck check = new SelfCheck(x, EngineFeatures.exact(graph, tensors, x));
            double distance = check.distance(OnnxFeatures.of(file, x));
            assertTrue(distance < 1e-5, arch + ", " + count + " images: relative distance " + distance);
            assertTrue(check.distance(EngineFeatures.single(graph, tensors, x)) < 1e-5);
            float[] other = OnnxFeatures.of(file, images(count, height, width));
            other[other.length - 1] += 2e-4f * max(check.y().floats());
            StageFailure failure = assertThrows(StageFailure.class, () -> check.require(file, other));
            assertTrue(failure.getMessage().contains("relative distance of 2.0e-04"), failure.getMessage());
        }
    }

    private static float max(float[] values) {
        float max = 0;
        for (float value : values) {
            max = Math.max(max, Math.abs(value));
        }
        return max;
    }

    @Test
    void whatOnnxruntimeRefusesIsOneLine() throws IOException {
        Path file = Files.writeString(dir.resolve("backbone.onnx"), "no model");
        StageFailure failure = assertThrows(StageFailure.class, () -> OnnxFeatures.of(file, images(1, 8, 8)));
        assertEquals(ExitCode.BAD_DATA, failure.exitCode());
        assertEquals(1, failure.getMessage().lines().count());
        assertTrue(failure.getMessage().startsWith(file + ": found what onnxruntime refuses ("), failure.getMessage());
    }

    @Test
    void featuresThatAreNoNumbersAreNeverNear() {
        SelfCheck check = new SelfCheck(images(1, 1, 1), Tensor.f32("y", new long[] {1, 2}, 1, 0));
        assertEquals(0, check.distance(new float[] {1, 0}));
        assertEquals(0.5, check.distance(new float[] {1, -0.5f}));
        assertEquals(Double.POSITIVE_INFINITY, check.distance(new float[] {1, Float.NaN}));
        assertThrows(StageFailure.class, () -> check.require(dir, new float[] {Float.NaN, 0}));
    }
}
