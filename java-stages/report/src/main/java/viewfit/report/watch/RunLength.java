package viewfit.report.watch;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.SplitReport;
import viewfit.core.metrics.Json;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;

/** How long the runs of a sweep are, by their recipes and the number of training images; each file is read once. */
final class RunLength {
    /**
     * Of one cell; all 0 where a file is not there yet or of another version.
     *
     * @param batchSize images of a step
     */
    record Length(int epochs, long steps, int batchSize) {
        static final Length UNKNOWN = new Length(0, 0, 0);
    }

    private final Path results;
    private final Map<String, Length> known = new HashMap<>();
    private long images;

    RunLength(Path results) {
        this.results = results;
    }

    Length of(String cell) {
        Length length = known.get(cell);
        if (length != null) {
            return length;
        }
        try {
            if (images == 0) {
                images = Json.read(results.resolve("split/split.json"), SplitReport.class)
                        .counts()
                        .getOrDefault("train", 0L);
            }
            PretrainRecipe recipe =
                    Recipes.read(results.resolve("grid/cells").resolve(cell + ".yml"), PretrainRecipe.class);
            // The rest of an epoch that fills no batch is left out.
            Length found =
                    new Length(recipe.epochs(), images / recipe.batchSize() * recipe.epochs(), recipe.batchSize());
            known.put(cell, found);
            return found;
        } catch (StageFailure unknown) {
            return Length.UNKNOWN;
        }
    }
}
