package viewfit.ssl;

import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Manifest;
import viewfit.core.data.ManifestRow;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.SupervisedRecipe;

/** How many classes the images of a run have. */
final class LabelCount {
    private LabelCount() {}

    /**
     * Number of classes, 0 when an image has none.
     *
     * @throws StageFailure {@link ExitCode#BAD_DATA} if the recipe needs labels
     */
    static int of(PretrainRecipe recipe, Manifest images) {
        int most = -1;
        for (ManifestRow row : images.rows()) {
            if (row.label() < 0) {
                if (recipe.method() instanceof SupervisedRecipe
                        || recipe.monitor().onlineProbe()) {
                    throw new StageFailure(
                            ExitCode.BAD_DATA,
                            row.path()
                                    + ": found no label: supervised and monitor.online-probe need one of every image");
                }
                return 0;
            }
            most = Math.max(most, row.label());
        }
        return most + 1;
    }
}
