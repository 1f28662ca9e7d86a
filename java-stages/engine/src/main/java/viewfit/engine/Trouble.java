package viewfit.engine;

import java.util.regex.Pattern;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/** Tells a machine that gave out, where another try may succeed, from a mistake of ours. */
final class Trouble {
    private static final Pattern MACHINE = Pattern.compile(
            "out of memory|can't allocate memory|not enough memory|CUDA error|cuDNN error", Pattern.CASE_INSENSITIVE);

    private Trouble() {}

    /** What to throw for a failed call: {@link ExitCode#TRANSIENT} in one line for the machine, else the failure itself. */
    static RuntimeException of(RuntimeException failure) {
        String message = failure.getMessage();
        if (message == null || !MACHINE.matcher(message).find()) {
            return failure;
        }
        String line = message.strip().lines().findFirst().orElse("");
        return new StageFailure(
                ExitCode.TRANSIENT, "libtorch: " + line + ": needs more memory or a healthy device", failure);
    }
}
