package viewfit.ssl;

/** Training left the finite numbers; the message says where. */
final class Diverged extends RuntimeException {
    private static final long serialVersionUID = 1;

    Diverged(String message) {
        super(message);
    }
}
