package viewfit.core.contract;

/** How a stage may end; the values follow {@code sysexits.h} where it has one. */
public enum ExitCode {
    OK(0, "done; all declared outputs were written and read back"),
    HEAP(3, "the Java heap is exhausted; worth a retry with more memory"),
    USAGE(64, "the command line is wrong"),
    BAD_DATA(65, "an input was found but its content is not what it must be"),
    NO_INPUT(66, "an input does not exist or cannot be opened"),
    BUG(70, "an unexpected error in Viewfit; a stack trace is on stderr"),
    IO(74, "reading or writing failed, for example because the disk is full"),
    TRANSIENT(75, "a passing condition such as a lost device or no device memory; worth a retry"),
    DIVERGED(76, "training left the finite numbers or collapsed"),
    BAD_RECIPE(78, "a recipe has an unknown, missing, mistyped or out-of-range value");

    private final int code;
    private final String description;

    ExitCode(int code, String description) {
        this.code = code;
        this.description = description;
    }

    /** The process exit status. */
    public int code() {
        return code;
    }

    /** One clause for {@code --help} and the documentation. */
    public String description() {
        return description;
    }
}
