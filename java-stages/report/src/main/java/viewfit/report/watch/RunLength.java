package viewfit.report.watch;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.SplitReport;
import viewfit.core.metrics.Json;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;

/**
 * How long the runs of a sweep are, by their recipes and the number of training images. A file is read again when it was
 * written again: the next run may have the same folder of results.
 */
final class RunLength {
    /**
     * Of one cell; all 0 where a file is not there yet or of another version.
     *
     * @param batchSize images of a step
     */
    record Length(int epochs, long steps, int batchSize) {
        static final Length UNKNOWN = new Length(0, 0, 0);

        /** Steps up to the end of an epoch; 0 is the last one. */
        long steps(int epoch) {
            return epoch == 0 || epochs == 0 ? steps : steps / epochs * Math.min(epoch, epochs);
        }
    }

    private final Path results;
    private final Map<String, Known> known = new HashMap<>();
    private @Nullable Images images;

    /** As it was read from these files. */
    private record Known(Stamp recipe, Stamp split, Length length) {}

    /** For training, as it was read from this file. */
    private record Images(Stamp split, long number) {}

    RunLength(Path results) {
        this.results = results;
    }

    Length of(String cell) {
        Path split = results.resolve("split/split.json");
        Path file = results.resolve("grid/cells").resolve(cell + ".yml");
        Stamp splitNow = Stamp.of(split);
        Stamp recipeNow = Stamp.of(file);
        Known before = known.get(cell);
        if (before != null
                && before.recipe().equals(recipeNow)
                && before.split().equals(splitNow)) {
            return before.length();
        }
        try {
            long number = images(split, splitNow);
            PretrainRecipe recipe = Recipes.read(file, PretrainRecipe.class);
            // The rest of an epoch that fills no batch is left out.
            Length found =
                    new Length(recipe.epochs(), number / recipe.batchSize() * recipe.epochs(), recipe.batchSize());
            known.put(cell, new Known(recipeNow, splitNow, found));
            return found;
        } catch (StageFailure unknown) {
            return Length.UNKNOWN;
        }
    }

    private long images(Path split, Stamp now) {
        Images before = images;
        if (before == null || !before.split().equals(now)) {
            before =
                    new Images(now, Json.read(split, SplitReport.class).counts().getOrDefault("train", 0L));
            images = before;
        }
        return before.number();
    }
}
