package viewfit.core.recipe;

/** What a run does about a step whose loss or gradient is not finite. */
public enum OnDivergence {
    /** Ends, and its stage fails. */
    FAIL(0),
    /** Ends well with its outcome on record, so that a sweep goes on. */
    RECORD(0),
    /** Leaves the step out, as if its images had never come; a few times, then fails. */
    SKIP(10),
    /** Goes back to where the epoch began and leaves all its steps out up to this one; fewer times, then fails. */
    ROLL_BACK(3);

    private final int most;

    OnDivergence(int most) {
        this.most = most;
    }

    /** How often a run may meet such a step and go on. */
    public int most() {
        return most;
    }
}
