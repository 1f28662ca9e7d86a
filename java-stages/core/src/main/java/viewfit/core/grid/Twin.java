package viewfit.core.grid;

/**
 * A combination of a sweep with the complete recipe of an earlier one.
 *
 * @param cell what it would be called, and its point
 * @param first the cell that stands for both
 */
public record Twin(Cell cell, Cell first) {
    /** What became of it, in one line. */
    public String line() {
        return cell.row().cell() + ": the same complete recipe as "
                + first.row().cell() + ", which stands for both";
    }
}
