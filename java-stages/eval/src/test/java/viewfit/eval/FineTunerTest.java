package viewfit.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.recipe.FinetuneRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.engine.Network;
import viewfit.engine.TorchRuntime;

/** The networks that are fine-tuned, and a few real steps. */
class FineTunerTest {
    private static final PretrainRecipe PRETRAIN = Fixtures.pretrain();
    private static TorchRuntime runtime;
    private static CheckpointFile checkpoint;
    private static Network student;

    @TempDir
    static Path folder;

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
        student = Fixtures.student(runtime, PRETRAIN);
        // A trained network differs from its start; a scaled first convolution stands for the training.
        String conv = "backbone.features.0.0.weight";
        float[] values = student.read(conv);
        for (int i = 0; i < values.length; i++) {
            values[i] *= 1.5f;
        }
        student.write(conv, values);
        checkpoint = CheckpointFile.read(Fixtures.checkpoint(folder, student, PRETRAIN));
    }

    @AfterAll
    static void close() {
        runtime.close();
    }

    private static FinetuneNetwork networks(FinetuneRecipe recipe, int classes) {
        return new FinetuneNetwork(runtime, checkpoint, recipe, classes);
    }

    @Test
    void keptLayersComeFromTheCheckpointAndTheNewOneIsShared() {
        String text = Recipes.toYaml(Fixtures.finetune(1, 4, 2)).replaceFirst("seed: 0", "seed: 9");
        FinetuneNetwork networks = networks(Recipes.parse(text, "another seed", FinetuneRecipe.class), 10);
        Network pretrained = networks.pretrained();
        ProbeData data = Fixtures.data(Fixtures.rows("train", 2, 2), Fixtures.rows("val", 2, 1), 10);
        Network untrained = networks.untrained(data);
        Network start = Fixtures.student(runtime, PRETRAIN);
        int kept = 0;
        for (var p : pretrained.state()) {
            if (FinetuneNetwork.pretrained(p.name())) {
                assertArrayEquals(student.read(p.name()), pretrained.read(p.name()), p.name());
                if (!p.name().contains(".running_")) {
                    assertArrayEquals(start.read(p.name()), untrained.read(p.name()), p.name());
                }
                kept += p.name().startsWith("head.") ? 1 : 0;
            } else {
                assertArrayEquals(untrained.read(p.name()), pretrained.read(p.name()), p.name());
            }
        }
        assertEquals(12, kept);
        assertFalse(Arrays.equals(
                pretrained.read("backbone.features.0.0.weight"), untrained.read("backbone.features.0.0.weight")));
        assertEquals(64, pretrained.graph("head").parameters().get(0).shape().get(0));
    }

    @Test
    void headsWithFewerLayersAreUsedOrRefused() {
        for (int layers = 0; layers <= 2; layers++) {
            Network network = networks(Fixtures.finetune(1, 4, layers), 3).pretrained();
            assertEquals(layers * 4 + 2, network.graph("head").parameters().size());
        }
        FinetuneRecipe three = Fixtures.finetune(1, 4, 3);
        StageFailure failure = assertThrows(StageFailure.class, () -> networks(three, 3));
        assertEquals(ExitCode.BAD_RECIPE, failure.exitCode());
        assertTrue(failure.getMessage().contains("0 .. 2"), failure.getMessage());
    }

    @Test
    void headsWithoutBatchNormWork() {
        String text = Recipes.toYaml(PRETRAIN).replaceFirst("batch-norm: true", "batch-norm: false");
        PretrainRecipe plain = Recipes.parse(text, "no batch norm", PretrainRecipe.class);
        var head = FinetuneNetwork.head(1280, plain, 2, 3);
        assertEquals(6, head.parameters().size());
        assertTrue(head.batchNorms().isEmpty());
    }

    /** Nine images in batches of eight: a batch of one would stop the batch norms; the loss falls, runs repeat. */
    @Test
    void trainingLearnsAndRepeatsExactly() {
        String text = Recipes.toYaml(Fixtures.finetune(12, 8, 2)).replaceFirst("  lr: [^\n]+", "  lr: 1.0");
        FinetuneRecipe recipe = Recipes.parse(text, "test", FinetuneRecipe.class);
        ProbeData data = Fixtures.data(Fixtures.rows("train", 3, 3), Fixtures.rows("val", 3, 1), 3);
        List<Double> losses = run(recipe, data);
        assertEquals(12, losses.size());
        double end = (losses.get(9) + losses.get(10) + losses.get(11)) / 3;
        assertTrue(end < .8 * losses.get(0), losses.toString());
        assertEquals(losses, run(recipe, data));
    }

    private static List<Double> run(FinetuneRecipe recipe, ProbeData data) {
        List<Double> losses = new ArrayList<>();
        List<Accuracy> seen = new ArrayList<>();
        FinetuneScores scores = new FineTuner(runtime, recipe, data)
                .run(networks(recipe, data.classes()).pretrained(), (epoch, lr, loss, heldout) -> {
                    losses.add(loss);
                    seen.add(heldout);
                });
        assertEquals(seen.get(seen.size() - 1), scores.last());
        assertEquals(seen.get(scores.bestEpoch()), scores.best());
        return losses;
    }

    @Test
    void oneClassWorksAndOneImageIsRefused() {
        FinetuneRecipe recipe = Fixtures.finetune(1, 4, 0);
        ProbeData one = Fixtures.data(Fixtures.rows("train", 1, 2), Fixtures.rows("val", 1, 1), 1);
        FinetuneScores scores =
                new FineTuner(runtime, recipe, one).run(networks(recipe, 1).pretrained(), (e, lr, loss, acc) -> {});
        assertEquals(1, scores.last().top1());
        ProbeData single = Fixtures.data(Fixtures.rows("train", 1, 1), Fixtures.rows("val", 1, 1), 1);
        StageFailure failure = assertThrows(StageFailure.class, () -> new FineTuner(runtime, recipe, single));
        assertEquals(ExitCode.BAD_DATA, failure.exitCode());
    }

    @Test
    void aLossThatIsNotFiniteStops() {
        String text = Recipes.toYaml(Fixtures.finetune(3, 4, 2)).replaceFirst("  lr: [^\n]+", "  lr: 1.0e30");
        FinetuneRecipe recipe = Recipes.parse(text, "huge lr", FinetuneRecipe.class);
        ProbeData data = Fixtures.data(Fixtures.rows("train", 2, 2), Fixtures.rows("val", 2, 1), 2);
        StageFailure failure = assertThrows(StageFailure.class, () -> run(recipe, data));
        assertEquals(ExitCode.DIVERGED, failure.exitCode());
    }
}
