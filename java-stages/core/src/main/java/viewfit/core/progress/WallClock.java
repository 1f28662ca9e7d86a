package viewfit.core.progress;

/** The hour, for people who look at a run: no result depends on it. */
public final class WallClock {
    private static final double MILLIS = 1e3;

    private WallClock() {}

    /** Seconds since 1970. */
    public static double seconds() {
        return System.currentTimeMillis() / MILLIS;
    }
}
