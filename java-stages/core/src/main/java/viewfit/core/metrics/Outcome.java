package viewfit.core.metrics;

/** How a run ended that was allowed to go on record. */
public enum Outcome {
    OK,
    DIVERGED
}
