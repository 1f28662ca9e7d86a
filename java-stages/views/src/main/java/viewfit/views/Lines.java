package viewfit.views;

/**
 * Rows or columns of a picture as separate int arrays, kept from call to call. Loops that add such lines index all of them with
 * the same variable, which is what lets the just-in-time compiler turn them into vector code; offsets into one flat array
 * prevent that and cost three to four times as much (JDK 17).
 */
final class Lines {
    private int[][] lines = new int[0][];

    /** Ints in all lines up to which room that was made once is kept: 64 MiB. */
    static final long MOST_KEPT = 1 << 24;

    /** Makes room; contents are then meaningless. Shrinks only where many lines and long ones would add up to too much. */
    int[][] ensure(int count, int length) {
        if (lines.length < count || (count > 0 && lines[0].length < length)) {
            int newLength = Math.max(length, lines.length > 0 ? lines[0].length : 0);
            int newCount = Math.max(count, lines.length);
            boolean large = (long) newCount * newLength > MOST_KEPT;
            lines = large ? new int[count][length] : new int[newCount][newLength];
        }
        return lines;
    }
}
