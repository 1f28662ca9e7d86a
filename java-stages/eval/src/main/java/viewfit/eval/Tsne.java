package viewfit.eval;

import java.util.Arrays;
import java.util.stream.IntStream;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;

/**
 * A plane in which neighbours stay neighbours: t-SNE, with all pairs. Work and memory grow with the square of the points, so it is
 * meant for a thousand or two.
 *
 * <p>Source: van der Maaten, Hinton 2008, with the settings of their code: exaggeration 12 for the first quarter, momentum 0.5 then
 * 0.8, gains; the learning rate is n / 12, at least 50 (Belkina et al. 2019, whose gradient lacks the factor 4 of this one: above
 * 600 points the steps are longer than theirs). Differs from the source: it starts from the first two principal components, so that
 * the large structure is not left to chance, and of chance there is a trace only, by the seed, to part equal points. Every sum has a fixed order: the same points and seed give the same bits with any number of threads.
 */
final class Tsne {
    private static final double EXAGGERATION = 12;
    private static final double START = 1e-4;
    private static final double LEAST = 1e-12;
    private static final int BISECTIONS = 200;

    private final double perplexity;
    private final int iterations;
    private final long seed;

    Tsne(double perplexity, int iterations, long seed) {
        this.perplexity = perplexity;
        this.iterations = iterations;
        this.seed = seed;
    }

    /**
     * Places points.
     *
     * @param points [n][dimensions], the first two of which they start from; n at least 4, since the perplexity is cut to (n - 1) / 3
     * @return [n][2], centred
     */
    double[][] place(double[][] points) {
        int n = points.length;
        double[] p = affinities(points, Math.min(perplexity, (n - 1) / 3.0));
        double[][] y = start(points);
        double[][] speed = new double[n][2];
        double[][] gains = new double[n][2];
        Arrays.stream(gains).forEach(g -> Arrays.fill(g, 1));
        double rate = Math.max(n / EXAGGERATION, 50);
        for (int i = 0; i < iterations; i++) {
            boolean early = i < iterations / 4;
            double[][] slope = gradient(p, y, early ? EXAGGERATION : 1);
            double keep = early ? 0.5 : 0.8;
            for (int a = 0; a < n; a++) {
                for (int d = 0; d < 2; d++) {
                    boolean turned = slope[a][d] > 0 != speed[a][d] > 0;
                    gains[a][d] = Math.max(0.01, turned ? gains[a][d] + 0.2 : gains[a][d] * 0.8);
                    speed[a][d] = keep * speed[a][d] - rate * gains[a][d] * slope[a][d];
                    y[a][d] += speed[a][d];
                }
            }
            centre(y);
        }
        return y;
    }

    /** The first two coordinates, made small, and a trace of noise. */
    private double[][] start(double[][] points) {
        int n = points.length;
        double[][] y = new double[n][2];
        double squares = 0;
        for (int a = 0; a < n; a++) {
            for (int d = 0; d < Math.min(2, points[a].length); d++) {
                y[a][d] = points[a][d];
            }
        }
        centre(y);
        for (double[] at : y) {
            squares += at[0] * at[0];
        }
        double scale = START / Math.max(Math.sqrt(squares / n), LEAST);
        RandomStream noise = SeedTree.root(seed).at("t-sne").stream();
        for (double[] at : y) {
            for (int d = 0; d < 2; d++) {
                at[d] = at[d] * scale + START / 100 * noise.nextGaussian();
            }
        }
        return y;
    }

    private static void centre(double[][] y) {
        for (int d = 0; d < 2; d++) {
            double sum = 0;
            for (double[] at : y) {
                sum += at[d];
            }
            for (double[] at : y) {
                at[d] -= sum / y.length;
            }
        }
    }

    /** Joint probabilities, row-major [n, n]: symmetric, 0 on the diagonal, of sum 1. */
    static double[] affinities(double[][] points, double perplexity) {
        int n = points.length;
        double[] conditional = new double[n * n];
        IntStream.range(0, n).parallel().forEach(a -> row(points, a, perplexity, conditional));
        double[] joint = new double[n * n];
        for (int a = 0; a < n; a++) {
            for (int b = 0; b < n; b++) {
                joint[a * n + b] = (conditional[a * n + b] + conditional[b * n + a]) / (2.0 * n);
            }
        }
        return joint;
    }

    /** One point's neighbours by a bell whose width gives the perplexity, found by bisection. */
    private static void row(double[][] points, int a, double perplexity, double[] into) {
        int n = points.length;
        double[] distance = new double[n];
        double nearest = Double.POSITIVE_INFINITY;
        double mean = 0;
        for (int b = 0; b < n; b++) {
            for (int d = 0; d < points[a].length; d++) {
                double gap = points[a][d] - points[b][d];
                distance[b] += gap * gap;
            }
            if (b != a) {
                nearest = Math.min(nearest, distance[b]);
                mean += distance[b] / (n - 1);
            }
        }
        double low = 0;
        double high = Double.POSITIVE_INFINITY;
        double beta = 1 / Math.max(mean, Double.MIN_NORMAL);
        double[] weight = new double[n];
        double sum = 0;
        for (int i = 0; i < BISECTIONS; i++) {
            sum = 0;
            double moment = 0;
            for (int b = 0; b < n; b++) {
                double more = distance[b] - nearest;
                weight[b] = b == a ? 0 : StrictMath.exp(-beta * more);
                sum += weight[b];
                moment += weight[b] * more;
            }
            double entropy = StrictMath.log(sum) + beta * moment / sum;
            double excess = entropy - StrictMath.log(perplexity);
            if (Math.abs(excess) < 1e-10) {
                break;
            }
            if (excess > 0) {
                low = beta;
                beta = Double.isInfinite(high) ? 2 * beta : (low + high) / 2;
            } else {
                high = beta;
                beta = (low + high) / 2;
            }
            if (Double.isInfinite(beta)) {
                // More equal points than the perplexity: they share the weight.
                break;
            }
        }
        for (int b = 0; b < n; b++) {
            into[a * n + b] = weight[b] / sum;
        }
    }

    /** Slope of the Kullback-Leibler divergence of the plane from {@code exaggeration * p}: [n][2]. */
    static double[][] gradient(double[] p, double[][] y, double exaggeration) {
        int n = y.length;
        double[] closeness = new double[n * n];
        double[] sums = new double[n];
        IntStream.range(0, n).parallel().forEach(a -> {
            double sum = 0;
            for (int b = 0; b < n; b++) {
                double dx = y[a][0] - y[b][0];
                double dy = y[a][1] - y[b][1];
                double q = a == b ? 0 : 1 / (1 + dx * dx + dy * dy);
                closeness[a * n + b] = q;
                sum += q;
            }
            sums[a] = sum;
        });
        double all = 0;
        for (double sum : sums) {
            all += sum;
        }
        double total = all;
        double[][] slope = new double[n][2];
        IntStream.range(0, n).parallel().forEach(a -> {
            double x = 0;
            double z = 0;
            for (int b = 0; b < n; b++) {
                double q = closeness[a * n + b];
                double pull = (exaggeration * p[a * n + b] - q / total) * q;
                x += pull * (y[a][0] - y[b][0]);
                z += pull * (y[a][1] - y[b][1]);
            }
            slope[a][0] = 4 * x;
            slope[a][1] = 4 * z;
        });
        return slope;
    }
}
