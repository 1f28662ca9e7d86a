package viewfit.core.images;

import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/** An image file, or a member of a container, that is longer than is read. */
public final class FileTooLarge extends StageFailure {
    private static final long serialVersionUID = 1;

    FileTooLarge(String where, long bytes, long most) {
        super(ExitCode.BAD_DATA, where + ": found " + bytes + " bytes: must be at most " + most + " bytes");
    }
}
