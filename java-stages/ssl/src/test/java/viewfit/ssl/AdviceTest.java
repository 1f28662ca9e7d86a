package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.recipe.Precision;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;

class AdviceTest {
    private static final Path RECIPES = Path.of(System.getProperty("viewfit.root"), "params", "recipes");

    private static List<String> advice(String file, String old, String changed) {
        String text = Recipes.text(RECIPES.resolve(file));
        return Advice.on(Recipes.parse(text.replace(old, changed), file, PretrainRecipe.class));
    }

    /** Of the published recipes only SwAV's speaks: its queue is no multiple of the batch, as in the official code. */
    @ParameterizedTest
    @CsvSource({
        "dino-mobilenetv2-ours.yml",
        "moco-mobilenetv2-ours.yml",
        "moco-mobilenetv2-two-view.yml",
        "supervised-resnet18.yml"
    })
    void publishedRecipesHaveNoOddities(String file) {
        assertEquals(List.of(), advice(file, "", ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "swav-mobilenetv2-ours.yml | ~ | ~ | method.queue-length 3840: 3072 are used, a multiple of batch-size 1024",
                "swav-mobilenetv2-ours.yml | queue-length: 3840 | queue-length: 0 | batch-size 1024 without a queue cannot spread over 3000 prototypes: use a queue (method.queue-length), fewer prototypes or a larger batch",
                "swav-mobilenetv2-ours.yml | queue-start-epoch: 15 | queue-start-epoch: 200 | method.queue-start-epoch 200: the run ends before, the queue is never used",
                "swav-mobilenetv2-ours.yml | micro-batches: 1 | micro-batches: 4 | micro-batches 4: batch norms see 256 images at a time, not 1024; codes spread over 256 images, not 1024",
                "dino-mobilenetv2-ours.yml | micro-batches: 1 | micro-batches: 4 | micro-batches 4: batch norms see 256 images at a time, not 1024",
                "moco-mobilenetv2-two-view.yml | micro-batches: 1 | micro-batches: 2 | micro-batches 2: batch norms see 16 images at a time, not 32",
                "dino-mobilenetv2-ours.yml | freeze-last-layer-epochs: 1 | freeze-last-layer-epochs: 200 | method.freeze-last-layer-epochs 200: the last layer never learns in 200 epochs",
                "supervised-resnet18.yml | epochs: 90 | epochs: 60 | schedule.milestones 60: the run ends after epoch 59",
                "moco-mobilenetv2-two-view.yml | warmup-epochs: 0 | warmup-epochs: 1 | schedule.per-epoch with schedule.warmup-start 0: nothing moves in the first epoch",
            })
    void oddKeysAreNamed(String file, String old, String changed, String line) {
        List<String> lines = advice(file, old, changed);
        assertEquals(line, lines.get(lines.size() - 1));
    }

    @Test
    void whatTheMachineCannotDoIsSaid() {
        String held =
                "this machine hides the caches of its processor, and oneDNN would compute wrongly with AVX-512: it is"
                        + " held to AVX2, some steps take longer";
        String slow = ", a step takes ten times as long as in fp32 and more: use fp32 here, or another machine";
        assertEquals(List.of(), Advice.on(Precision.FP32, false, false));
        assertEquals(List.of(), Advice.on(Precision.BF16, false, true));
        assertEquals(List.of(held), Advice.on(Precision.FP32, true, false));
        assertEquals(
                List.of("precision bf16: this processor has no instructions for bfloat16" + slow),
                Advice.on(Precision.BF16, false, false));
        assertEquals(
                List.of(held, "precision bf16: its instructions are part of AVX-512" + slow),
                Advice.on(Precision.BF16, true, false));
    }

    /** A transformer with a head without batch norms is the same in parts. */
    @ParameterizedTest
    @CsvSource({"1", "2", "8"})
    void partsOfATransformerNeedNoAdvice(int parts) {
        assertEquals(
                List.of(), advice("dino-vit-tiny-ours.yml", "micro-batches: 1\n", "micro-batches: " + parts + "\n"));
    }
}
