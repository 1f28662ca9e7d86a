package viewfit.goldens;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Locale;

/**
 * An expected array with its tolerances. An element holds if {@code |actual - expected| <= atol + rtol * |expected|}, where
 * {@code atol} may differ per element; the whole array holds if in addition its relative L2 distance is within bounds. Where the
 * true value is analytically zero the reference is rounding noise and only {@code atol} counts.
 */
public final class Expected {
    private final String where;
    private final Runnable seen;
    private final float[] values;
    private final long[] shape;
    private final double atol;
    private final double rtol;
    private final double relL2;
    private final double[] perElement;
    private final boolean analyticallyZero;
    private final double[] exactValues;

    /**
     * @param seen called when somebody looks at the values: an expected array that nobody looks at is a failure
     */
    Expected(String where, JsonNode node, float[] values, Runnable seen) {
        this.where = where;
        this.seen = seen;
        this.values = values;
        this.shape = GoldenCase.longs(node.path("shape"));
        this.atol = node.path("atol").asDouble(0);
        this.rtol = node.path("rtol").asDouble(0);
        this.relL2 = node.path("rel_l2_tol").asDouble(Double.POSITIVE_INFINITY);
        this.perElement = GoldenCase.doubles(node.path("atol_per_element"));
        this.analyticallyZero = node.path("analytically_zero").asBoolean(false);
        this.exactValues = GoldenCase.doubles(node.path("f64"));
    }

    /** Expected values, row-major. */
    public float[] values() {
        seen.run();
        return values.clone();
    }

    public long[] shape() {
        return shape.clone();
    }

    public double atol() {
        return atol;
    }

    public double rtol() {
        return rtol;
    }

    /** Bound of the relative L2 distance; infinite if the case has none. */
    public double relL2() {
        return relL2;
    }

    /** Absolute tolerance per element; empty if {@link #atol()} holds for all. */
    public double[] perElement() {
        return perElement.clone();
    }

    public boolean analyticallyZero() {
        return analyticallyZero;
    }

    /** The float64 values of the reference; empty where the case gives none. */
    public double[] exactValues() {
        return exactValues.clone();
    }

    /** Compares without failing, for tests that accept a documented deviation. */
    public Deviation compare(float[] actual) {
        seen.run();
        if (actual.length != values.length) {
            return new Deviation(
                    values.length,
                    Double.POSITIVE_INFINITY,
                    Double.POSITIVE_INFINITY,
                    where + ": " + actual.length + " values, expected " + values.length + " in shape "
                            + Arrays.toString(shape));
        }
        int failures = 0;
        int worst = -1;
        double worstRatio = 0;
        double differences = 0;
        double norm = 0;
        for (int i = 0; i < values.length; i++) {
            double difference = Math.abs((double) actual[i] - values[i]);
            double ratio = difference == 0 ? 0 : difference / bound(i);
            // written so that a NaN counts as a failure
            if (!(ratio <= 1)) {
                failures++;
            }
            if (worst < 0 || !(ratio <= worstRatio)) {
                worst = i;
                worstRatio = Double.isNaN(ratio) ? Double.POSITIVE_INFINITY : ratio;
            }
            differences += difference * difference;
            norm += (double) values[i] * values[i];
        }
        double distance = differences == 0 ? 0 : Math.sqrt(differences / norm);
        boolean far = !analyticallyZero && !(distance <= relL2);
        if (failures == 0 && !far) {
            return new Deviation(0, worstRatio, distance, "");
        }
        String message = String.format(
                Locale.ROOT,
                "%s: %d of %d elements out of tolerance, relative L2 %.3g (bound %.3g); worst at %s: got %s, expected %s +- %.3g",
                where,
                failures,
                values.length,
                distance,
                analyticallyZero ? Double.POSITIVE_INFINITY : relL2,
                Arrays.toString(position(worst)),
                actual[worst],
                values[worst],
                bound(worst));
        return new Deviation(failures, worstRatio, distance, message);
    }

    /** Fails with the place and size of the worst difference unless {@code actual} is within all bounds. */
    public void assertClose(float[] actual) {
        Deviation deviation = compare(actual);
        if (!deviation.ok()) {
            throw new AssertionError(deviation.message());
        }
    }

    /** As {@link #assertClose(float[])}, for a single value. */
    public void assertClose(double actual) {
        assertClose(new float[] {(float) actual});
    }

    private double bound(int index) {
        double absolute = perElement.length > 0 ? perElement[index] : atol;
        return absolute + rtol * Math.abs((double) values[index]);
    }

    private long[] position(int index) {
        long[] at = new long[shape.length];
        long rest = index;
        for (int d = shape.length - 1; d >= 0; d--) {
            at[d] = rest % shape[d];
            rest /= shape[d];
        }
        return at;
    }

    /**
     * Result of a comparison.
     *
     * @param failures elements out of their tolerance
     * @param worstRatio largest difference divided by its tolerance
     * @param relL2 relative L2 distance
     * @param message empty if everything is within bounds
     */
    public record Deviation(int failures, double worstRatio, double relL2, String message) {
        /** Whether all bounds hold. */
        public boolean ok() {
            return message.isEmpty();
        }
    }
}
