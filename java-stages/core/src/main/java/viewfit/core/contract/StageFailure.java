package viewfit.core.contract;

import org.jspecify.annotations.Nullable;

/**
 * A verdict a library has reached about its inputs or its surroundings: the stage ends with this exit code and this
 * one line on stderr. The message reads {@code where: what was found: what is allowed}.
 */
public class StageFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ExitCode exitCode;

    public StageFailure(ExitCode exitCode, String message) {
        this(exitCode, message, null);
    }

    public StageFailure(ExitCode exitCode, String message, @Nullable Throwable cause) {
        super(printable(message), cause);
        this.exitCode = exitCode;
    }

    /** Messages quote what stood in a file: control characters of a damaged one must not reach the terminal. */
    private static String printable(String message) {
        return message.replaceAll("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u2028\\u2029]", "?");
    }

    /** How the process ends. */
    public final ExitCode exitCode() {
        return exitCode;
    }
}
