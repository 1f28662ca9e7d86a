package viewfit.core.recipe;

/** Whether a view is seen by both networks or by the student alone. */
public enum ViewKind {
    GLOBAL,
    LOCAL
}
