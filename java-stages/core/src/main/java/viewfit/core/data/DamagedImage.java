package viewfit.core.data;

import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/**
 * An image file that cannot be used, and why. It ends a stage like any other failure, with {@link ExitCode#BAD_DATA}, unless
 * the stage was told to go on without such files.
 */
public final class DamagedImage extends StageFailure {
    private static final long serialVersionUID = 1;

    private final Damage reason;
    private final String found;

    /**
     * A verdict about one file.
     *
     * @param where the file, as messages name it
     * @param found what was found, in a few words
     * @param allowed what it must be, in a few words
     */
    public DamagedImage(Damage reason, String where, String found, String allowed, @Nullable Throwable cause) {
        super(ExitCode.BAD_DATA, where + ": found " + found + ": must be " + allowed, cause);
        this.reason = reason;
        this.found = found;
    }

    /** What kind of damage it is. */
    public Damage reason() {
        return reason;
    }

    /** What was found, without the name of the file. */
    public String found() {
        return found;
    }
}
