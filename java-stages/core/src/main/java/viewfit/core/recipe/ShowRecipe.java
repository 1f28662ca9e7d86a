package viewfit.core.recipe;

import java.util.List;
import java.util.Map;

/** A figure or a table that a sweep is for; its key {@code kind} says which. */
@ChosenBy("kind")
public sealed interface ShowRecipe permits FigureRecipe, TableRecipe {
    /** Name of its files. */
    String id();

    /** What the report may call its figures and tables. */
    List<String> names();

    /** {@code figure} or {@code table}. */
    String kind();

    /** Table of the paper it goes beside, {@code table1} to {@code table9}; empty for none. */
    String paper();

    /** Which cells of the sweep belong to it, as {@code when} of {@link WhereRecipe}; all if empty. */
    Map<String, Object> where();
}
