package viewfit.core.schedule;

/** A value over training time; pure, so that a resumed run sees what an uninterrupted one saw. */
@FunctionalInterface
public interface Schedule {
    /** The value used at {@code step}, counted from 0 (for per-epoch schedules: the epoch). */
    double at(long step);
}
