package viewfit.engine;

import java.util.stream.IntStream;

/**
 * Rows of features as directions: a row over its length. Sums are in double and in the order of the columns, so that they are
 * the same on every machine, with any number of threads.
 */
public final class UnitRows {
    /** Rows that are shorter count as this long, as in PyTorch's {@code normalize}. */
    private static final double SHORTEST = 1e-12;

    private final float[] features;
    private final int width;
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
        this.lengths = new double[features.length / width];
        IntStream.range(0, lengths.length).parallel().forEach(this::measure);
    }

    private void measure(int row) {
        double squares = 0;
        for (int i = row * width, end = i + width; i < end; i++) {
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
        return features[row * width + column] / lengths[row];
    }

    /** Mean direction, which is not one itself: [width]. */
    double[] mean() {
        double[] mean = new double[width];
        for (int row = 0; row < lengths.length; row++) {
            for (int c = 0; c < width; c++) {
                mean[c] += value(row, c);
            }
        }
        for (int c = 0; c < width; c++) {
            mean[c] /= lengths.length;
        }
        return mean;
    }

    /** Cosine of a row and one of other rows. */
    double cosine(int row, UnitRows other, int otherRow) {
        double sum = 0;
        for (int i = row * width, j = otherRow * width, end = i + width; i < end; i++, j++) {
            sum += (double) features[i] * other.features[j];
        }
        return sum / (lengths[row] * other.lengths[otherRow]);
    }
}
