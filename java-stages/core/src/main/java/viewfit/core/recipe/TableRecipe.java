package viewfit.core.recipe;

import java.util.List;
import java.util.Map;

/**
 * Scores in rows.
 *
 * @param id name of its files
 * @param kind {@code table}
 * @param rows keys, or {@code recipe}: each combination of their values is a row
 * @param paper table of the paper, or empty
 * @param where which cells
 */
public record TableRecipe(
        String id,
        @OneOf("table") String kind,
        @Length(min = 1) List<String> rows,
        String paper,
        Map<String, Object> where)
        implements ShowRecipe {
    public TableRecipe {
        ShowRules.check(id, paper, List.of(id));
        rows = List.copyOf(rows);
        where = WhenRules.check("where", where, 0);
    }

    @Override
    public List<String> names() {
        return List.of(id);
    }
}
