package viewfit.views;

import viewfit.core.data.Damage;

/** What a decoder found wrong with the bytes it was given; it does not know the name of the file. */
final class BrokenImage extends Exception {
    private static final long serialVersionUID = 1;

    private final Damage reason;

    BrokenImage(Damage reason, String found) {
        super(found);
        this.reason = reason;
    }

    /** The file ends too early. */
    static BrokenImage truncated(String what) {
        return new BrokenImage(Damage.TRUNCATED, what);
    }

    /** Something in the file contradicts the format. */
    static BrokenImage corrupt(String what) {
        return new BrokenImage(Damage.CORRUPT, what);
    }

    /** The format has it, this program does not. */
    static BrokenImage unsupported(String what) {
        return new BrokenImage(Damage.UNSUPPORTED, what);
    }

    Damage reason() {
        return reason;
    }

    /** What was found, in a few words. */
    String found() {
        return String.valueOf(getMessage());
    }
}
