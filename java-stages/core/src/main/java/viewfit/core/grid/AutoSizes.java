package viewfit.core.grid;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.core.recipe.ViewGroup;

/** Recipes that leave the size of local views to the data set: {@code size: auto}. */
public final class AutoSizes {
    /** Any size that every network takes: nothing of a recipe is held against the size of its local views. */
    private static final int ANY = 128;

    /** Stands for a data set where only the rest of the recipes is looked at. */
    public static final LocalSizes ANY_SIZE = (recipe, group) -> new LocalSizes.Estimate(ANY, "any size");

    private AutoSizes() {}

    /**
     * Reads a recipe of a grid with all checks, whether its sizes are numbers or open.
     *
     * @param where names the recipe in messages
     * @return the recipe, with some number for each open size
     * @throws StageFailure {@link ExitCode#BAD_RECIPE} with all problems
     */
    public static PretrainRecipe check(JsonNode tree, String where) {
        JsonNode filled = tree.deepCopy();
        open(filled, where).forEach(group -> set(filled, group, ANY));
        return Recipes.bind(filled, where, PretrainRecipe.class);
    }

    /**
     * Puts numbers in the place of open sizes, each for its own group: the nearest whole pixel, or multiple of the
     * transformer's patch, that a recipe may have.
     *
     * @param sizes null if there are none to be had
     * @return one line for each size: its key, the number, and where it is from
     */
    static List<String> fill(JsonNode tree, String where, @Nullable LocalSizes sizes) {
        List<Integer> open = open(tree, where);
        if (open.isEmpty()) {
            return List.of();
        }
        PretrainRecipe draft = check(tree, where);
        List<String> lines = new ArrayList<>();
        for (int group : open) {
            if (sizes == null) {
                throw bad(where, group, "must be a number, or give --shapes");
            }
            LocalSizes.Estimate best = sizes.best(draft, group);
            int side = ViewGroup.nearestSize(best.side(), draft.backbone().patch());
            set(tree, group, side);
            lines.add(String.format(
                    Locale.ROOT,
                    "views.groups.%d.size: auto is %d, from %.4f: %s",
                    group,
                    side,
                    best.side(),
                    best.source()));
        }
        return lines;
    }

    /** Numbers of the groups whose size is open; whatever else is wrong with the tree is found when it is bound. */
    private static List<Integer> open(JsonNode tree, String where) {
        JsonNode groups = tree.path("views").path("groups");
        List<Integer> open = new ArrayList<>();
        for (int i = 0; i < groups.size(); i++) {
            JsonNode group = groups.path(i);
            if (group.path("size").asText().equals(ViewGroup.AUTO)) {
                if (!group.path("kind").asText().equals("local")) {
                    throw bad(where, i, "must be a number, only local groups may have auto");
                }
                open.add(i);
            }
        }
        return open;
    }

    private static void set(JsonNode tree, int group, int size) {
        ((ObjectNode) tree.path("views").path("groups").path(group)).put("size", size);
    }

    private static StageFailure bad(String where, int group, String allowed) {
        return new StageFailure(
                ExitCode.BAD_RECIPE,
                where + ": views.groups[" + group + "].size: found " + ViewGroup.AUTO + ": " + allowed);
    }
}
