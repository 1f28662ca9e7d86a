package viewfit.core.data;

import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.Hashes;
import viewfit.core.images.FileTooLarge;

/**
 * What a failure to read or decode an image says about the image.
 *
 * @param reason kind of damage
 * @param detail what was found
 */
public record Verdict(Damage reason, String detail) {
    /** The verdict of a failure, or null if it is none on the image: a disk that fails is no property of a picture. */
    public static @Nullable Verdict of(StageFailure failure) {
        if (failure instanceof DamagedImage damaged) {
            return new Verdict(damaged.reason(), damaged.found());
        }
        if (failure instanceof FileTooLarge) {
            return new Verdict(Damage.TOO_LARGE, "too many bytes");
        }
        return failure.exitCode() == ExitCode.NO_INPUT ? new Verdict(Damage.MISSING, "no such file") : null;
    }

    /**
     * The row of the image in a quarantine.
     *
     * @param path of the image in the manifest
     * @param bytes of its file, null if there are none to be read
     */
    public Quarantine.Row row(String path, byte @Nullable [] bytes) {
        return bytes == null
                ? new Quarantine.Row(path, reason.word(), detail, 0, "")
                : new Quarantine.Row(path, reason.word(), detail, bytes.length, Hashes.sha256(bytes));
    }
}
