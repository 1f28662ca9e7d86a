package viewfit.views.jpeg;

/** A file that is not a whole JPEG picture. The message says what was found, in words that follow "found". */
public final class JpegException extends Exception {
    private static final long serialVersionUID = 1;

    JpegException(String found) {
        super(found);
    }
}
