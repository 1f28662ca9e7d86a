package viewfit.core.recipe;

/** What a diverged run does: fail its stage, or end well with its outcome on record so that a sweep goes on. */
public enum OnDivergence {
    FAIL,
    RECORD
}
