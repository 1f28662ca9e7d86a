package viewfit.bench;

import java.util.Arrays;
import java.util.stream.IntStream;

/** The plain way to nearest neighbours by cosine, in float: a loop over pairs of rows. Baseline of {@link KnnBench}. */
final class PairLoop {
    private PairLoop() {}

    /**
     * Bank rows of each query, nearest first: [queries, k].
     *
     * @param bank row-major [rows, width], k rows at least
     */
    static int[] nearest(float[] bank, float[] queries, int width, int k) {
        float[] rows = normalized(bank, width);
        float[] asked = normalized(queries, width);
        int[] nearest = new int[queries.length / width * k];
        IntStream.range(0, queries.length / width)
                .parallel()
                .forEach(q -> System.arraycopy(one(rows, asked, q, width, k), 0, nearest, q * k, k));
        return nearest;
    }

    private static int[] one(float[] bank, float[] queries, int q, int width, int k) {
        float[] best = new float[k];
        int[] at = new int[k];
        Arrays.fill(best, Float.NEGATIVE_INFINITY);
        int filled = 0;
        for (int row = 0; row < bank.length / width; row++) {
            float s = dot(queries, q * width, bank, row * width, width);
            if (filled == k && s <= best[k - 1]) {
                continue;
            }
            int slot = filled < k ? filled++ : k - 1;
            for (; slot > 0 && best[slot - 1] < s; slot--) {
                best[slot] = best[slot - 1];
                at[slot] = at[slot - 1];
            }
            best[slot] = s;
            at[slot] = row;
        }
        return at;
    }

    private static float[] normalized(float[] features, int width) {
        float[] out = features.clone();
        for (int first = 0; first < out.length; first += width) {
            double squares = 0;
            for (int i = first; i < first + width; i++) {
                squares += (double) out[i] * out[i];
            }
            float scale = (float) (1 / Math.max(Math.sqrt(squares), 1e-12));
            for (int i = first; i < first + width; i++) {
                out[i] *= scale;
            }
        }
        return out;
    }

    /** Four sums let the compiler use vector registers. */
    private static float dot(float[] a, int aAt, float[] b, int bAt, int width) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int i = 0;
        for (; i + 3 < width; i += 4) {
            s0 += a[aAt + i] * b[bAt + i];
            s1 += a[aAt + i + 1] * b[bAt + i + 1];
            s2 += a[aAt + i + 2] * b[bAt + i + 2];
            s3 += a[aAt + i + 3] * b[bAt + i + 3];
        }
        float sum = (s0 + s1) + (s2 + s3);
        for (; i < width; i++) {
            sum += a[aAt + i] * b[bAt + i];
        }
        return sum;
    }
}
