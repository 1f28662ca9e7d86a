package viewfit.views;

import java.util.ArrayList;
import java.util.List;
import viewfit.core.recipe.ViewGroup;
import viewfit.core.recipe.ViewRecipe;

/**
 * Consecutive views of equal size, which go through a network together.
 *
 * @param firstView number of its first view, from 0; views are numbered in the order of the recipe's groups
 * @param views how many views
 * @param side side length of each in pixels
 */
public record ViewBlock(int firstView, int views, int side) {
    /** The blocks of a recipe, global views first. Groups of equal size that follow each other share a block. */
    public static List<ViewBlock> of(ViewRecipe recipe) {
        List<ViewBlock> blocks = new ArrayList<>();
        int view = 0;
        for (ViewGroup group : recipe.groups()) {
            int last = blocks.size() - 1;
            if (last >= 0 && blocks.get(last).side() == group.size()) {
                ViewBlock open = blocks.get(last);
                blocks.set(last, new ViewBlock(open.firstView(), open.views() + group.count(), open.side()));
            } else {
                blocks.add(new ViewBlock(view, group.count(), group.size()));
            }
            view += group.count();
        }
        return List.copyOf(blocks);
    }

    /** Bytes of one view: side * side * 3. */
    public int viewBytes() {
        return 3 * side * side;
    }
}
