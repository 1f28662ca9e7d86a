package viewfit.core.recipe;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Scores over one key.
 *
 * @param id name of its files
 * @param kind {@code figure}
 * @param x on the horizontal axis: a dotted recipe key or the name of a linked axis
 * @param lines keys, or {@code recipe}: each combination of their values is a line; an empty list for a single one
 * @param default_ the value of {@code x} that is marked as the usual one; null for none
 * @param paper table of the paper, or empty
 * @param where which cells
 */
public record FigureRecipe(
        String id,
        @OneOf("figure") String kind,
        @Length(min = 1) String x,
        List<String> lines,
        @Nullable Object default_,
        String paper,
        Map<String, Object> where)
        implements ShowRecipe {
    public FigureRecipe {
        ShowRules.check(id, paper, names(id));
        lines = List.copyOf(lines);
        where = WhenRules.check("where", where, 0);
        boolean plain = !(default_ instanceof Map || default_ instanceof List);
        Rules.require(plain, "default", "a mapping or list", "must be a value of x, or null");
    }

    @Override
    public List<String> names() {
        return names(id);
    }

    /** One for each way to score that a report may draw. */
    public static List<String> names(String id) {
        return List.of(id + "-linear", id + "-fast", id + "-knn");
    }
}
