package viewfit.stages.probe;

import java.util.ArrayList;
import java.util.List;
import viewfit.core.recipe.ProbeRecipe;
import viewfit.eval.CheckpointFile;
import viewfit.eval.LinearProbe;

/** What a reader of the scores must know about how they came about, in words. */
final class ProbeMessage {
    private ProbeMessage() {}

    static List<String> of(ProbeRecipe recipe, CheckpointFile checkpoint, LinearProbe probe) {
        List<String> words = new ArrayList<>();
        words.add(
                switch (recipe.mode()) {
                    case "fast" -> "fast probe alone: no linear probe by the paper's protocol";
                    case "cached" -> "cached probe: features of centre crops, no augmentation";
                    default -> "augmented probe: fresh random crops every epoch";
                });
        if (!checkpoint.note().isEmpty()) {
            words.add(checkpoint.note());
        }
        if (checkpoint.isTransformer()) {
            int blocks = recipe.vitLastBlocks();
            words.add("feature: class token"
                    + (blocks == 1 ? " of the last block" : "s of the last " + blocks + " blocks"));
        }
        if (!recipe.mode().equals("fast") && probe.batchSize() < recipe.batchSize()) {
            words.add("batch clamped to " + probe.batchSize());
        }
        if (probe.neighbours() < recipe.knn().k()) {
            words.add("k-NN: only " + probe.neighbours() + " training images for k = "
                    + recipe.knn().k() + ", all of them vote");
        }
        return words;
    }
}
