package viewfit.core.recipe;

import java.util.List;

/**
 * Which views are cut from an image, global groups first.
 *
 * @param aspect width over height of a crop, drawn log-uniformly
 * @param interpolation resampling filter, widened by the reduction factor so that it antialiases
 * @param normalize normalisation of the pixels
 * @param groups global groups first; all global views have one size
 */
public record ViewRecipe(
        RangeRecipe aspect,
        @OneOf({"bicubic", "bilinear"}) String interpolation,
        NormalizeRecipe normalize,
        @Length(min = 1) List<ViewGroup> groups) {
    public ViewRecipe {
        groups = List.copyOf(groups);
        Rules.check(ViewRecipe.class, aspect, interpolation, normalize, groups);
        Rules.require(aspect.low() > 0, "aspect.low", aspect.low(), "must be > 0");
        boolean localSeen = false;
        int globals = 0;
        int globalSize = 0;
        for (int i = 0; i < groups.size(); i++) {
            ViewGroup group = groups.get(i);
            String key = "groups[" + i + "]";
            if (group.kind() == ViewKind.LOCAL) {
                localSeen = true;
                continue;
            }
            Rules.require(!localSeen, key + ".kind", "global after local", "global groups must come first");
            Rules.require(
                    globals == 0 || group.size() == globalSize,
                    key + ".size",
                    group.size(),
                    "must be " + globalSize + ", the size of the other global views");
            globals += group.count();
            globalSize = group.size();
        }
        Rules.require(globals >= 1, "groups", globals + " global views", "must be at least 1 global view");
    }

    /** Number of views of a kind. */
    public int count(ViewKind kind) {
        return groups.stream()
                .filter(g -> g.kind() == kind)
                .mapToInt(ViewGroup::count)
                .sum();
    }
}
