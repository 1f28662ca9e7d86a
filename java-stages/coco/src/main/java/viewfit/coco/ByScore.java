package viewfit.coco;

/** Orders by score, highest first; equal scores (0 and -0 are) keep their order, and what is not a number comes last. */
final class ByScore {
    private ByScore() {}

    /** The indexes of {@code scores} in that order. */
    static int[] order(double[] scores) {
        int n = scores.length;
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            order[i] = i;
        }
        int[] other = new int[n];
        for (int half = 1; half < n && half > 0; half *= 2) {
            for (int from = 0; from < n; from += 2 * half) {
                int middle = Math.min(from + half, n);
                int to = (int) Math.min((long) middle + half, n);
                merge(scores, order, other, from, middle, to);
                if (to == n) {
                    break;
                }
            }
            int[] merged = other;
            other = order;
            order = merged;
        }
        return order;
    }

    private static void merge(double[] scores, int[] in, int[] out, int from, int middle, int to) {
        int left = from;
        int right = middle;
        for (int at = from; at < to; at++) {
            boolean takeRight = left == middle || (right < to && before(scores[in[right]], scores[in[left]]));
            out[at] = takeRight ? in[right++] : in[left++];
        }
    }

    private static boolean before(double score, double other) {
        return score > other || (Double.isNaN(other) && !Double.isNaN(score));
    }
}
