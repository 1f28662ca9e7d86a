package viewfit.core.recipe;

import java.util.List;

/** Everything that is wrong with one record, each as {@code key: what was found: what is allowed}. */
public final class RecipeProblems extends IllegalArgumentException {
    private final transient List<String> problems;

    RecipeProblems(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
