package viewfit.core.recipe;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A sweep: recipes x axes x linked axes x seeds, less what its conditions leave out.
 *
 * @param schema {@code grid/2}
 * @param recipes file names of the recipes
 * @param axes dotted recipe key to the values it takes; an empty map for none
 * @param linked axes whose values set several keys together; an empty list for none
 * @param seeds seeds every combination is run with
 * @param set dotted recipe key to the one value it takes in all cells
 * @param where what holds for some of the cells only; an empty list for nothing
 * @param shows figures and tables that the sweep is for; an empty list for none
 */
public record GridRecipe(
        @OneOf(SCHEMA) String schema,
        @Length(min = 1) List<String> recipes,
        Map<String, List<Object>> axes,
        List<LinkedAxisRecipe> linked,
        @Length(min = 1) List<Long> seeds,
        Map<String, Object> set,
        List<WhereRecipe> where,
        List<ShowRecipe> shows) {
    public static final String SCHEMA = "grid/2";

    public GridRecipe {
        recipes = List.copyOf(recipes);
        linked = List.copyOf(linked);
        seeds = List.copyOf(seeds);
        where = List.copyOf(where);
        shows = List.copyOf(shows);
        Rules.check(GridRecipe.class, schema, recipes, axes, linked, seeds, set, where, shows);
        axes = Collections.unmodifiableMap(new LinkedHashMap<>(axes));
        set = Collections.unmodifiableMap(new LinkedHashMap<>(set));
    }
}
