package viewfit.report.watch;

import java.util.Locale;

/**
 * How far the pre-training of one cell is. Numbers that nobody knows yet are NaN, counts are 0.
 *
 * @param cell name of the cell
 * @param status how it stands
 * @param epoch the epoch under way, from 1
 * @param epochs of the recipe
 * @param step steps done
 * @param steps of the recipe
 * @param loss of the last step
 * @param knn k-NN top-1 of the student when the monitor last looked, a fraction
 * @param imagesPerSecond of the last steps; of a run that has ended, of all
 * @param waitShare share of the time that training waited for images, of the same steps
 * @param secondsLeft by that speed, without monitor and checkpoints, to the end or to where it pauses; of a run under way alone
 * @param quiet seconds since a line was last added to its curve; of a run under way alone
 * @param note how it ended, if not well, or where it is to pause; one line
 */
public record CellState(
        String cell,
        Status status,
        int epoch,
        int epochs,
        long step,
        long steps,
        double loss,
        double knn,
        double imagesPerSecond,
        double waitShare,
        double secondsLeft,
        double quiet,
        String note) {
    /** In the order in which one wants to see them. */
    public enum Status {
        RUNNING,
        FAILED,
        DIVERGED,
        WAITING,
        /** Successive halving decides about it. */
        PAUSED,
        /** Successive halving has let others go on. */
        STOPPED,
        DONE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The same, standing otherwise. */
    CellState with(Status other) {
        return new CellState(
                cell,
                other,
                epoch,
                epochs,
                step,
                steps,
                loss,
                knn,
                imagesPerSecond,
                waitShare,
                secondsLeft,
                quiet,
                note);
    }

    /** Nothing is known but how it stands. */
    static CellState of(String cell, Status status, String note) {
        double none = Double.NaN;
        return new CellState(cell, status, 0, 0, 0, 0, none, none, none, none, none, none, note);
    }
}
