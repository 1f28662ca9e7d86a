package viewfit.views;

/**
 * Rows or columns of a picture as separate int arrays, kept from call to call. Loops that add such lines index all of them with
 * the same variable, which is what lets the just-in-time compiler turn them into vector code; offsets into one flat array
 * prevent that and cost three to four times as much (JDK 17).
 */
final class Lines {
    private int[][] lines = new int[0][];

    /** Makes room; contents are then meaningless. Never shrinks. */
    int[][] ensure(int count, int length) {
        if (lines.length < count || (count > 0 && lines[0].length < length)) {
            int newLength = Math.max(length, lines.length > 0 ? lines[0].length : 0);
            lines = new int[Math.max(count, lines.length)][newLength];
        }
        return lines;
    }
}
