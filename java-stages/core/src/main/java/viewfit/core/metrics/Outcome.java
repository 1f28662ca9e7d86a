package viewfit.core.metrics;

/** How a run ended that was allowed to go on record. */
public enum Outcome {
    OK,
    DIVERGED,
    /** It was to stop before its end, and left what another goes on from. */
    PAUSED
}
