package viewfit.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.recipe.FinetuneRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.engine.Network;
import viewfit.engine.TorchRuntime;
import viewfit.graph.Parameter;

/** Fine-tuning after methods without a DINO head, and of a backbone without batch norms. */
class OtherMethodsTest {
    private static TorchRuntime runtime;

    @TempDir
    Path folder;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"test-swav", "test-moco", "test-supervised"})
    void theClassifierSitsOnTheBackbone(String name) {
        PretrainRecipe pretrain = Fixtures.pretrain(name);
        Network student = Fixtures.backbone(runtime, pretrain);
        CheckpointFile checkpoint = CheckpointFile.read(Fixtures.studentOnly(folder, student, pretrain));
        FinetuneNetwork networks = new FinetuneNetwork(runtime, checkpoint, Fixtures.finetune(1, 4, 2), 3);
        Network network = networks.pretrained();
        List<Parameter> head = network.graph("head").parameters();
        assertEquals(
                List.of("fc.weight", "fc.bias"),
                head.stream().map(Parameter::name).toList());
        assertEquals(
                List.of(3, student.graph("backbone").outputWidth()), head.get(0).shape());
        for (Parameter p : student.state()) {
            assertArrayEquals(student.read(p.name()), network.read(p.name()), p.name());
        }
        assertEquals(
                "; " + pretrain.method().name() + " has no dino head: classifier on the backbone", networks.note());
        FinetuneRecipe none = Fixtures.finetune(1, 4, 0);
        assertEquals("", new FinetuneNetwork(runtime, checkpoint, none, 3).note(), "nothing was asked for in vain");
    }

    @Test
    void aTeacherThatIsNotThereIsRefused() {
        PretrainRecipe pretrain = Fixtures.pretrain("test-swav");
        CheckpointFile checkpoint =
                CheckpointFile.read(Fixtures.studentOnly(folder, Fixtures.backbone(runtime, pretrain), pretrain));
        String text = Recipes.toYaml(Fixtures.finetune(1, 4, 2)).replaceFirst("network: student", "network: teacher");
        FinetuneRecipe teacher = Recipes.parse(text, "teacher", FinetuneRecipe.class);
        StageFailure failure =
                assertThrows(StageFailure.class, () -> new FinetuneNetwork(runtime, checkpoint, teacher, 3));
        assertEquals(ExitCode.BAD_RECIPE, failure.exitCode());
        assertTrue(failure.getMessage().startsWith("network: found teacher: must be student"), failure.getMessage());
    }

    /** With stochastic depth in its recipe and a head without batch norms, as the published transformers are trained. */
    @Test
    void aTransformerIsFineTunedWholeWithItsHead() {
        PretrainRecipe pretrain = Fixtures.pretrain("test-vit");
        Network student = Fixtures.student(runtime, pretrain);
        CheckpointFile checkpoint = CheckpointFile.read(Fixtures.studentOnly(folder, student, pretrain));
        FinetuneRecipe recipe = Fixtures.finetune(2, 4, 2);
        FinetuneNetwork networks = new FinetuneNetwork(runtime, checkpoint, recipe, 2);
        assertEquals("", networks.note());
        ProbeData data = Fixtures.data(Fixtures.rows("train", 2, 3), Fixtures.rows("val", 2, 1), 2);
        Network untrained = networks.untrained(data);
        for (Parameter p : student.state()) {
            if (p.name().startsWith("backbone.") || p.name().startsWith("head.mlp.0")) {
                assertArrayEquals(student.read(p.name()), untrained.read(p.name()), p.name());
            }
        }
        Network network = networks.pretrained();
        FinetuneScores scores = new FineTuner(runtime, recipe, data).run(network, (epoch, lr, loss, heldout) -> {});
        assertEquals(1, scores.last().top5());
        for (String name : List.of("backbone.cls_token", "backbone.blocks.0.attn.qkv.weight", "head.mlp.0.weight")) {
            assertTrue(
                    !java.util.Arrays.equals(student.read(name), network.read(name)), name + " has not been trained");
        }
    }
}
