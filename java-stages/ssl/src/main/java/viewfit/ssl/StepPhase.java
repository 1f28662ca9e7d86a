package viewfit.ssl;

/** What a training step is at, on the thread that trains. */
enum StepPhase {
    /** Waits for the views of its images. */
    WAIT("wait"),
    /** Brings their pixels to the device and normalises them. */
    PIXELS("pixels"),
    /** Runs the method's program: both networks, loss, backward pass; until its numbers have been read. */
    PROGRAM("program"),
    /** Trains the online probe. */
    PROBE("probe"),
    /** Clips, decays and updates. */
    OPTIMIZER("optimizer"),
    /** Moves the teacher after the student. */
    FOLLOW("follow"),
    /** Writes its line, frees its memory, and all else. */
    FILES("files"),
    /** No step: monitor, checkpoints. */
    BETWEEN("between");

    private final String word;

    StepPhase(String word) {
        this.word = word;
    }

    /** Name in {@code profile.csv}. */
    String word() {
        return word;
    }
}
