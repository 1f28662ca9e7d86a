package viewfit.core.recipe;

import java.util.Collections;

/** What backbone and method ask of views and batch. */
final class MethodRules {
    private MethodRules() {}

    /**
     * Checks a method against the other parts of its recipe.
     *
     * @throws RecipeProblems naming the first key that does not fit
     */
    static void check(BackboneRecipe backbone, MethodRecipe method, ViewRecipe views, int batch, int parts) {
        int patch = backbone.patch();
        boolean transformer = patch > 1;
        for (int i = 0; transformer && i < views.groups().size(); i++) {
            int size = views.groups().get(i).size();
            Rules.require(size >= patch, "views.groups[" + i + "].size", size, "must be >= " + patch + ", one patch");
        }
        int globals = views.count(ViewKind.GLOBAL);
        int locals = views.count(ViewKind.LOCAL);
        String found = globals + " global views";
        if (method instanceof SupervisedRecipe) {
            Rules.require(locals == 0, "views.groups", locals + " local views", "supervised has global views only");
            return;
        }
        Rules.require(globals >= 2, "views.groups", found, "must be at least 2 global views for " + method.name());
        if (method instanceof SwavRecipe swav) {
            int last = Collections.max(swav.assignViews());
            Rules.require(
                    last < globals,
                    "method.assign-views",
                    swav.assignViews(),
                    "must be numbers of global views, 0 .. " + (globals - 1));
        } else if (method instanceof MocoRecipe moco) {
            Rules.require(globals == 2, "views.groups", found, "must be 2 for moco: a key and a query");
            Rules.require(
                    moco.queueLength() % batch == 0,
                    "method.queue-length",
                    moco.queueLength(),
                    "must be a multiple of batch-size = " + batch);
            Rules.require(
                    batch / parts % moco.batchNormGroups() == 0 && batch / parts / moco.batchNormGroups() >= 2,
                    "method.batch-norm-groups",
                    moco.batchNormGroups(),
                    "must divide batch-size / micro-batches = " + batch / parts + " into parts of at least 2");
            Rules.require(
                    moco.batchNormGroups() == 1 || !transformer,
                    "method.batch-norm-groups",
                    moco.batchNormGroups(),
                    "must be 1, " + backbone.name() + " has no batch norms");
        }
    }
}
