package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.function.ToDoubleFunction;
import viewfit.core.random.RandomStream;

/** What the tests of all losses share. */
final class LossTests {
    private LossTests() {}

    static float[] normal(RandomStream random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    static float[] plus(float[] values, float constant) {
        float[] moved = values.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += constant;
        }
        return moved;
    }

    /** Of view-major rows [views * n, k] the images {@code first, first + step ...}, or every other way round. */
    static float[] images(float[] rows, int views, int n, int k, int first, int second) {
        float[] some = new float[views * 2 * k];
        for (int v = 0; v < views; v++) {
            System.arraycopy(rows, (v * n + first) * k, some, (v * 2) * k, k);
            System.arraycopy(rows, (v * n + second) * k, some, (v * 2 + 1) * k, k);
        }
        return some;
    }

    /** log softmax of one row over a temperature. */
    static double[] logSoftmax(float[] rows, int row, int k, double temperature) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < k; i++) {
            max = Math.max(max, rows[row * k + i] / temperature);
        }
        double sum = 0;
        for (int i = 0; i < k; i++) {
            sum += Math.exp(rows[row * k + i] / temperature - max);
        }
        double[] out = new double[k];
        for (int i = 0; i < k; i++) {
            out[i] = rows[row * k + i] / temperature - max - Math.log(sum);
        }
        return out;
    }

    /**
     * Central differences against a gradient. The loss comes back as a float, 3e-7 of its size of about 5; over a distance
     * of 0.02 that is 1.5e-4 in the slope, and the third derivative adds a few 1e-4 more.
     */
    static void assertSlope(float[] at, float[] gradient, ToDoubleFunction<float[]> loss) {
        float h = 0.01f;
        for (int i = 0; i < at.length; i++) {
            float[] up = at.clone();
            float[] down = at.clone();
            up[i] += h;
            down[i] -= h;
            double slope = (loss.applyAsDouble(up) - loss.applyAsDouble(down)) / ((double) up[i] - down[i]);
            assertEquals(slope, gradient[i], 2e-3 + 0.01 * Math.abs(slope), "entry " + i);
        }
    }
}
