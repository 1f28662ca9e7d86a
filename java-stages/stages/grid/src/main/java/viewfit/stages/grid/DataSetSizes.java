package viewfit.stages.grid;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Shapes;
import viewfit.core.grid.LocalSizes;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.ViewRecipe;
import viewfit.views.PixelScale;

/**
 * The side of local views that brings the ratio of mean areas to 1 over the picture sizes of a data set: of the four estimators
 * the one that gives the paper's own pairs of scale and size (recipes, section A.4).
 */
final class DataSetSizes implements LocalSizes {
    private static final int HASH_DIGITS = 12;

    private final Shapes shapes;
    private final String source;
    private final Map<ViewRecipe, List<PixelScale>> known = new HashMap<>();

    /**
     * @param file names the shapes in messages
     * @throws StageFailure {@link ExitCode#BAD_DATA} if there are none
     */
    DataSetSizes(Shapes shapes, String file) {
        if (shapes.rows().isEmpty()) {
            throw new StageFailure(ExitCode.BAD_DATA, file + ": found no picture size: must have at least 1");
        }
        this.shapes = shapes;
        this.source = "shapes " + shapes.sha256().substring(0, HASH_DIGITS);
    }

    @Override
    public Estimate best(PretrainRecipe recipe, int group) {
        ViewRecipe views = recipe.views();
        // Seeds, and whatever else leaves the views as they are, need no second draw, and one draw is for all groups.
        PixelScale.Statistic best = known.computeIfAbsent(views, this::estimate).stream()
                .filter(scale -> scale.group() == group)
                .findFirst()
                .orElseThrow()
                .ratioOfMeanAreas();
        return new Estimate(
                best.bestLocalSide(),
                String.format(
                        Locale.ROOT,
                        "%s, %d pairs, standard error %.4f, %s",
                        best.name(),
                        PixelScale.PAIRS,
                        best.bestLocalSideError(),
                        source));
    }

    private List<PixelScale> estimate(ViewRecipe views) {
        int threads = Runtime.getRuntime().availableProcessors();
        return PixelScale.estimate(views, shapes, PixelScale.PAIRS, PixelScale.SEED, threads);
    }
}
