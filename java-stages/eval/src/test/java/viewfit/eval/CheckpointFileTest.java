package viewfit.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.recipe.NormalizeRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.engine.Network;
import viewfit.engine.TorchRuntime;
import viewfit.formats.Safetensors;
import viewfit.formats.Tensor;

/** Loading by name and shape, and every way a file can be wrong. */
class CheckpointFileTest {
    private static final String CONV = "backbone.features.0.0.weight";
    private static final PretrainRecipe RECIPE = Fixtures.pretrain();
    private static TorchRuntime runtime;
    private static Network student;

    @TempDir
    Path folder;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
        student = Fixtures.student(runtime, RECIPE);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    private static Network empty(CheckpointFile file) {
        return FrozenBackbone.allocate(runtime, file.backbone());
    }

    private Path write(Map<String, Tensor> tensors, Map<String, String> header) {
        Path file = folder.resolve("checkpoint.safetensors");
        Safetensors.write(file, tensors.values(), header);
        return file;
    }

    @Test
    void everyTensorArrives() {
        CheckpointFile file = CheckpointFile.read(Fixtures.checkpoint(folder, student, RECIPE));
        for (String network : List.of("student", "teacher")) {
            Network to = empty(file);
            assertEquals(to.state().size(), file.load(to, network, name -> true));
            to.state().forEach(p -> assertArrayEquals(student.read(p.name()), to.read(p.name()), p.name()));
        }
        assertEquals(RECIPE, file.recipe());
        assertEquals(64, file.sha256().length());
    }

    @Test
    void missingFileSaysWhy() {
        StageFailure failure =
                assertThrows(StageFailure.class, () -> CheckpointFile.read(folder.resolve("none.safetensors")));
        assertEquals(ExitCode.NO_INPUT, failure.exitCode());
        assertTrue(failure.getMessage().contains("diverged"), failure.getMessage());
    }

    @Test
    void wrongHeadersAreRefused() {
        Map<String, String> schema = Fixtures.header(RECIPE);
        schema.put("schema", "checkpoint/9");
        assertRefused("checkpoint/9", () -> CheckpointFile.read(write(Fixtures.tensors(student, "student"), schema)));
        Map<String, String> arch = Fixtures.header(RECIPE);
        arch.put("arch", "resnet18");
        assertRefused("resnet18", () -> CheckpointFile.read(write(Fixtures.tensors(student, "student"), arch)));
        Map<String, String> recipe = Fixtures.header(RECIPE);
        recipe.put("recipe", "schema: pretrain/1\nnonsense: 3\n");
        assertRefused("nonsense", () -> CheckpointFile.read(write(Fixtures.tensors(student, "student"), recipe)));
    }

    @Test
    void nothingMatchedIsRefused() {
        assertLoadRefused("found none of the", Fixtures.tensors(student, "network"));
    }

    @Test
    void aMissingTensorIsRefused() {
        Map<String, Tensor> tensors = Fixtures.tensors(student, "student");
        tensors.remove("student." + CONV);
        assertLoadRefused("student." + CONV, tensors);
    }

    @Test
    void anotherShapeIsRefused() {
        Map<String, Tensor> tensors = Fixtures.tensors(student, "student");
        tensors.put("student." + CONV, Tensor.f32("student." + CONV, new long[] {3, 32, 3, 3}, new float[864]));
        assertLoadRefused("[3, 32, 3, 3]", tensors);
    }

    @Test
    void anExtraTensorIsRefused() {
        Map<String, Tensor> tensors = Fixtures.tensors(student, "student");
        String extra = "student.backbone.features.19.weight";
        tensors.put(extra, Tensor.f32(extra, new long[] {1}, 1));
        assertLoadRefused("mobilenet_v2 has", tensors);
    }

    @Test
    void weightsThatAreNotNumbersAreRefused() {
        Map<String, Tensor> tensors = new LinkedHashMap<>(Fixtures.tensors(student, "student"));
        float[] values = new float[864];
        values[7] = Float.NaN;
        tensors.put("student." + CONV, Tensor.f32("student." + CONV, new long[] {32, 3, 3, 3}, values));
        assertLoadRefused("NaN", tensors);
    }

    private void assertLoadRefused(String part, Map<String, Tensor> tensors) {
        CheckpointFile file = CheckpointFile.read(write(tensors, Fixtures.header(RECIPE)));
        assertRefused(part, () -> file.load(empty(file), "student", name -> true));
    }

    private static void assertRefused(String part, Executable call) {
        StageFailure failure = assertThrows(StageFailure.class, call);
        assertEquals(ExitCode.BAD_DATA, failure.exitCode());
        assertTrue(failure.getMessage().contains(part), failure.getMessage());
        assertEquals(1, failure.getMessage().lines().count());
    }

    @Test
    void anotherNormalisationIsRefused() {
        CheckpointFile file = CheckpointFile.read(Fixtures.checkpoint(folder, student, RECIPE));
        file.requireSameNormalization(RECIPE.views().normalize());
        NormalizeRecipe other = new NormalizeRecipe(List.of(.5, .5, .5), List.of(.5, .5, .5));
        StageFailure failure = assertThrows(StageFailure.class, () -> file.requireSameNormalization(other));
        assertEquals(ExitCode.BAD_RECIPE, failure.exitCode());
    }
}
