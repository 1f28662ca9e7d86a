package viewfit.core.recipe;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A sweep: recipes x axes x seeds.
 *
 * @param schema {@code grid/1}
 * @param recipes file names of the recipes
 * @param axes dotted recipe key to the values it takes; an empty map for none
 * @param seeds seeds every combination is run with
 * @param set dotted recipe key to the one value it takes in all cells
 */
public record GridRecipe(
        @OneOf("grid/1") String schema,
        @Length(min = 1) List<String> recipes,
        Map<String, List<Object>> axes,
        @Length(min = 1) List<Long> seeds,
        Map<String, Object> set) {
    public GridRecipe {
        recipes = List.copyOf(recipes);
        seeds = List.copyOf(seeds);
        Rules.check(GridRecipe.class, schema, recipes, axes, seeds, set);
        axes = Collections.unmodifiableMap(new LinkedHashMap<>(axes));
        set = Collections.unmodifiableMap(new LinkedHashMap<>(set));
    }
}
