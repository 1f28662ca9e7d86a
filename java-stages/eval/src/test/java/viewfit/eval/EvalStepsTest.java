package viewfit.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.recipe.FinetuneRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.ProbeRecipe;
import viewfit.engine.TorchRuntime;

/** Probe and fine-tuning tell of every step. */
class EvalStepsTest {
    @TempDir
    Path folder;

    private final List<EvalStep> steps = new ArrayList<>();
    private final List<Double> losses = new ArrayList<>();

    /** Two epochs of three steps; how many images a step has. */
    private void requireSixSteps(List<Integer> images) {
        assertEquals(
                LongStream.range(0, 6).boxed().toList(),
                steps.stream().map(EvalStep::step).toList());
        assertEquals(
                List.of(0, 0, 0, 1, 1, 1), steps.stream().map(EvalStep::epoch).toList());
        for (EvalStep step : steps) {
            assertEquals(6, step.steps());
            assertTrue(step.imagesPerSecond() > 0 && step.waitShare() >= 0 && step.waitShare() <= 1, step.toString());
        }
        for (int epoch = 0; epoch < 2; epoch++) {
            int first = 3 * epoch;
            double sum = IntStream.range(0, 3)
                    .mapToDouble(i -> images.get(i) * steps.get(first + i).loss())
                    .sum();
            assertEquals(
                    losses.get(epoch),
                    sum / images.stream().mapToInt(n -> n).sum(),
                    1e-9,
                    "the mean of its steps is the epoch's");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"augmented", "cached"})
    void ofTheProbe(String mode) {
        PretrainRecipe pretrain = Fixtures.pretrain();
        ProbeRecipe recipe = Fixtures.probe(mode, 2, 3);
        ProbeData data = Fixtures.data(Fixtures.rows("train", 7, 1), Fixtures.rows("val", 3, 1), 10);
        try (TorchRuntime runtime = TorchRuntime.open("cpu", 1);
                FrozenBackbone backbone =
                        new FrozenBackbone(runtime, Fixtures.backbone(runtime, pretrain), recipe.normalize())) {
            new LinearProbe(runtime, recipe, data).run(List.of(backbone), new LinearProbe.Listener() {
                @Override
                public void epoch(int epoch, double lr, List<Double> mean, List<Accuracy> heldout) {
                    losses.addAll(mean);
                }

                @Override
                public void step(EvalStep step) {
                    steps.add(step);
                }
            });
        }
        requireSixSteps(List.of(3, 3, 1));
    }

    /** Batches of 128 at most; those that are left over too. */
    @Test
    void theFeaturesAreCounted() {
        PretrainRecipe pretrain = Fixtures.pretrain();
        ProbeRecipe recipe = Fixtures.probe("cached", 1, 3);
        ProbeData data = Fixtures.data(Fixtures.rows("train", 10, 13), Fixtures.rows("val", 3, 1), 10);
        List<String> told = new ArrayList<>();
        try (TorchRuntime runtime = TorchRuntime.open("cpu", 1);
                FrozenBackbone backbone =
                        new FrozenBackbone(runtime, Fixtures.backbone(runtime, pretrain), recipe.normalize())) {
            CentreCrops.of(
                            List.of(backbone),
                            recipe,
                            data,
                            FeatureCache.none(),
                            (which, count, all) -> told.add(which + " " + count + "/" + all))
                    .get(0)
                    .nearest(runtime, backbone, 1);
        }
        assertEquals(
                List.of(
                        "features of training images 128/130",
                        "features of training images 130/130",
                        "features of held-out images 3/3",
                        "k-NN 130/130",
                        "k-NN 130/130"),
                told);
    }

    @Test
    void ofTheFineTuning() {
        PretrainRecipe pretrain = Fixtures.pretrain();
        FinetuneRecipe recipe = Fixtures.finetune(2, 5, 2);
        ProbeData data = Fixtures.data(Fixtures.rows("train", 7, 2), Fixtures.rows("val", 3, 1), 10);
        try (TorchRuntime runtime = TorchRuntime.open("cpu", 1)) {
            CheckpointFile checkpoint =
                    CheckpointFile.read(Fixtures.checkpoint(folder, Fixtures.student(runtime, pretrain), pretrain));
            FinetuneNetwork networks = new FinetuneNetwork(runtime, checkpoint, recipe, data.classes());
            new FineTuner(runtime, recipe, data).run(networks.pretrained(), new FineTuner.Listener() {
                @Override
                public void epoch(int epoch, double lr, double loss, Accuracy heldout) {
                    losses.add(loss);
                }

                @Override
                public void step(EvalStep step) {
                    steps.add(step);
                }
            });
        }
        requireSixSteps(List.of(5, 5, 4));
    }
}
