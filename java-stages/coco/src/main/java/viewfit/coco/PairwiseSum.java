package viewfit.coco;

/**
 * A sum in NumPy's order, so that means have its last bits too: up to 128 numbers in eight sums side by side, more in two
 * halves of which the first has a multiple of eight numbers.
 */
final class PairwiseSum {
    private static final int LANES = 8;
    private static final int BLOCK = 128;

    private PairwiseSum() {}

    static double of(double[] values) {
        return of(values, 0, values.length);
    }

    private static double of(double[] values, int from, int count) {
        if (count < LANES) {
            double sum = 0;
            for (int i = 0; i < count; i++) {
                sum += values[from + i];
            }
            return sum;
        }
        if (count > BLOCK) {
            int half = count / 2 / LANES * LANES;
            return of(values, from, half) + of(values, from + half, count - half);
        }
        double[] lanes = new double[LANES];
        System.arraycopy(values, from, lanes, 0, LANES);
        int whole = count / LANES * LANES;
        for (int i = LANES; i < whole; i += LANES) {
            for (int lane = 0; lane < LANES; lane++) {
                lanes[lane] += values[from + i + lane];
            }
        }
        double sum = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
        for (int i = whole; i < count; i++) {
            sum += values[from + i];
        }
        return sum;
    }
}
