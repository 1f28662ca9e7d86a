package viewfit.views.jpeg;

/** A file that is not a whole JPEG picture. The message says what was found, in words that follow "found". */
public final class JpegException extends Exception {
    private static final long serialVersionUID = 1;

    private final String found;
    private final boolean cut;

    JpegException(String found) {
        this(found, false);
    }

    private JpegException(String found, boolean cut) {
        super(found);
        this.found = found;
        this.cut = cut;
    }

    /** About a file whose end is missing. */
    static JpegException cut(String found) {
        return new JpegException(found, true);
    }

    /** What was found. */
    public String found() {
        return found;
    }

    /** Whether the file ends too early; otherwise something in it is wrong. */
    public boolean cut() {
        return cut;
    }
}
