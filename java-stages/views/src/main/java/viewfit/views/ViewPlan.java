package viewfit.views;

import java.util.ArrayList;
import java.util.List;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.ViewGroup;
import viewfit.core.recipe.ViewKind;
import viewfit.core.recipe.ViewRecipe;

/** The views of a recipe in order, and their draws by address (seed, "views", epoch, image, view). Immutable. */
final class ViewPlan {
    private final SeedTree seeds;
    private final List<ViewSampler> samplers = new ArrayList<>();
    private final List<ViewGroup> groups = new ArrayList<>();

    ViewPlan(ViewRecipe recipe, long seed) {
        this.seeds = SeedTree.root(seed).at("views");
        for (ViewGroup group : recipe.groups()) {
            ViewSampler sampler = new ViewSampler(group, recipe.aspect(), Filter.of(recipe.interpolation()));
            for (int i = 0; i < group.count(); i++) {
                samplers.add(sampler);
                groups.add(group);
            }
        }
    }

    /** Number of views per picture. */
    int views() {
        return samplers.size();
    }

    ViewKind kind(int view) {
        return groups.get(view).kind();
    }

    /** Side length of a view in pixels. */
    int side(int view) {
        return groups.get(view).size();
    }

    /** Draws a view of a picture of this size. */
    ViewDraw draw(long epoch, int image, int view, int width, int height) {
        RandomStream random = seeds.at(epoch, image, view).stream();
        return samplers.get(view).draw(random, width, height);
    }
}
