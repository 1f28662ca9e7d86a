package viewfit.engine;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Rows of features as directions: a row over its length. Sums are in double and in the order of the columns, so that they are
 * the same on every machine, with any number of threads.
 */
public final class UnitRows {
    /** Rows that are shorter count as this long, as in PyTorch's {@code normalize}. */
    private static final double SHORTEST = 1e-12;

    /** Rows that are multiplied at once. */
    static final int PANEL = 8;

    private final float[] features;
    private final int width;

    /** Where each row begins. */
    private final int[] starts;

    private final double[] lengths;

    /**
     * @param features row-major [rows, width], finite; shared, not to be changed
     * @throws IllegalArgumentException if sizes disagree, there is no row, or a value is not finite
     */
    public UnitRows(float[] features, int width) {
        if (width < 1 || features.length == 0 || features.length % width != 0) {
            throw new IllegalArgumentException(
                    features.length + " values in rows of " + width + ": must be whole rows, one at least");
        }
        this.features = features;
        this.width = width;
        this.starts = new int[features.length / width];
        Arrays.setAll(starts, row -> row * width);
        this.lengths = new double[starts.length];
        IntStream.range(0, lengths.length).parallel().forEach(this::measure);
    }

    private UnitRows(float[] features, int width, int[] starts, double[] lengths) {
        this.features = features;
        this.width = width;
        this.starts = starts;
        this.lengths = lengths;
    }

    /** Some of the rows, in this order; the features are shared. */
    UnitRows pick(int[] rows) {
        int[] from = new int[rows.length];
        double[] measured = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            from[i] = starts[rows[i]];
            measured[i] = lengths[rows[i]];
        }
        return new UnitRows(features, width, from, measured);
    }

    /** Whether two rows have the same bits. */
    boolean same(int row, int other) {
        int a = starts[row];
        int b = starts[other];
        return Arrays.equals(features, a, a + width, features, b, b + width);
    }

    /** Equal for rows of the same bits. */
    int hash(int row) {
        int hash = 1;
        for (int i = starts[row], end = i + width; i < end; i++) {
            hash = 31 * hash + Float.floatToIntBits(features[i]);
        }
        // Features are often alike in their low bits.
        hash *= 0x9E3779B9;
        return hash ^ hash >>> 15;
    }

    private void measure(int row) {
        double squares = 0;
        for (int i = starts[row], end = i + width; i < end; i++) {
            squares += (double) features[i] * features[i];
        }
        if (!Double.isFinite(squares)) {
            throw new IllegalArgumentException("features of row " + row + ": not finite: must be finite");
        }
        lengths[row] = Math.max(Math.sqrt(squares), SHORTEST);
    }

    /** Number of rows. */
    public int rows() {
        return lengths.length;
    }

    /** Values of a row. */
    public int width() {
        return width;
    }

    /** One value of a direction. */
    public double value(int row, int column) {
        return features[starts[row] + column] / lengths[row];
    }

    /**
     * Mean direction of the half of the rows that is nearest to the mean of all, which is not one itself: a few rows that are unlike
     * the others have no part in it. [width]
     */
    double[] centre() {
        double[] mean = mean(IntStream.range(0, lengths.length).toArray());
        double[] apart = new double[lengths.length];
        IntStream.range(0, apart.length).parallel().forEach(row -> {
            for (int c = 0; c < width; c++) {
                double v = value(row, c) - mean[c];
                apart[row] += v * v;
            }
        });
        double[] sorted = apart.clone();
        Arrays.parallelSort(sorted);
        double median = sorted[sorted.length / 2];
        return mean(IntStream.range(0, apart.length)
                .filter(row -> apart[row] <= median)
                .toArray());
    }

    private double[] mean(int[] rows) {
        double[] mean = new double[width];
        for (int row : rows) {
            for (int c = 0; c < width; c++) {
                mean[c] += value(row, c);
            }
        }
        for (int c = 0; c < width; c++) {
            mean[c] /= rows.length;
        }
        return mean;
    }

    /** Cosine of a row and one of other rows. */
    double cosine(int row, UnitRows other, int otherRow) {
        double sum = 0;
        for (int i = starts[row], j = other.starts[otherRow], end = i + width; i < end; i++, j++) {
            sum += (double) features[i] * other.features[j];
        }
        return cosine(row, other, otherRow, sum);
    }

    /** The features of {@link #PANEL} rows, column by column: [width, 8], zeros for rows that are not there. */
    void panel(int first, double[] into, int at) {
        Arrays.fill(into, at, at + width * PANEL, 0);
        for (int row = first, slot = at; row < Math.min(lengths.length, first + PANEL); row++, slot++) {
            for (int c = 0; c < width; c++) {
                into[slot + c * PANEL] = features[starts[row] + c];
            }
        }
    }

    /**
     * Products of a row and a panel of other rows: the sums of {@link #cosine}, each in the same order, so the same bits. They do not wait
     * for each other, which is several times as fast.
     *
     * @param into [8]
     */
    void products(int row, double[] panel, int at, double[] into) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        double e = 0;
        double f = 0;
        double g = 0;
        double h = 0;
        for (int i = starts[row], j = at, end = i + width; i < end; i++, j += PANEL) {
            double value = features[i];
            a += value * panel[j];
            b += value * panel[j + 1];
            c += value * panel[j + 2];
            d += value * panel[j + 3];
            e += value * panel[j + 4];
            f += value * panel[j + 5];
            g += value * panel[j + 6];
            h += value * panel[j + 7];
        }
        into[0] = a;
        into[1] = b;
        into[2] = c;
        into[3] = d;
        into[4] = e;
        into[5] = f;
        into[6] = g;
        into[7] = h;
    }

    /** The cosine that the product of a row and another one gives. */
    double cosine(int row, UnitRows other, int otherRow, double product) {
        return product / (lengths[row] * other.lengths[otherRow]);
    }
}
