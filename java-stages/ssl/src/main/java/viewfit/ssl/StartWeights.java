package viewfit.ssl;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.Hashes;
import viewfit.core.recipe.BackboneRecipe;
import viewfit.formats.BackboneWeights;
import viewfit.formats.WeightFile;
import viewfit.zoo.Backbones;

/**
 * Backbone weights that a run starts from instead of drawing them: of torchvision, timm, the official code or Viewfit,
 * safetensors or torch file, matched by name.
 *
 * @param values by the backbone's own names, row-major; empty: drawn from the seed
 * @param passes training passes of its batch norms ({@code num_batches_tracked}), 0 where the file does not say
 * @param sha256 of the file; empty without one
 * @param line what was taken and what was left, for people
 */
public record StartWeights(Map<String, float[]> values, long passes, String sha256, String line) {
    /** Which network, where a file holds several. */
    public enum Side {
        STUDENT,
        TEACHER
    }

    public StartWeights {
        values = Map.copyOf(values);
    }

    /** Weights are drawn from the recipe's seed. */
    public static StartWeights none() {
        return new StartWeights(Map.of(), 0, "", "");
    }

    /**
     * Reads a file.
     *
     * @param side null: the student, or the only network of the file
     * @throws StageFailure if there is no such file, it is none of those formats, or its names, shapes or counts are not
     *     those of the backbone
     */
    public static StartWeights read(Path file, @Nullable Side side, BackboneRecipe backbone) {
        BackboneWeights.Which which = side == null
                ? BackboneWeights.Which.DEFAULT
                : side == Side.STUDENT ? BackboneWeights.Which.STUDENT : BackboneWeights.Which.TEACHER;
        BackboneWeights weights = BackboneWeights.read(WeightFile.open(file), Backbones.graph(backbone), which);
        Map<String, float[]> values = new LinkedHashMap<>();
        weights.tensors().forEach((name, tensor) -> values.put(name, tensor.floats()));
        long passes = weights.passes().values().stream().mapToLong(n -> n).max().orElse(0);
        return new StartWeights(
                values,
                passes,
                Hashes.sha256(file),
                file + ": " + weights.report().line());
    }
}
