package viewfit.ssl;

import java.util.LinkedHashMap;
import java.util.Map;

/** SwAV's assignment and loss, pair by pair, in plain double precision: written from the equations alone. */
final class SwavTwin {
    private final float[] scores;
    private final int views;
    private final int globals;
    private final int n;
    private final int k;
    private final double alpha;
    private final double temperature;
    private final Map<Integer, double[][]> codes = new LinkedHashMap<>();

    SwavTwin(float[] scores, int views, int globals, int n, int k, double alpha, double temperature) {
        this.scores = scores;
        this.views = views;
        this.globals = globals;
        this.n = n;
        this.k = k;
        this.alpha = alpha;
        this.temperature = temperature;
    }

    /** The same codes, other predictions: what the loss is differentiated by. */
    SwavTwin(SwavTwin other, float[] scores) {
        this(scores, other.views, other.globals, other.n, other.k, other.alpha, other.temperature);
        codes.putAll(other.codes);
    }

    /** Codes of one assigned view; three iterations. */
    double[][] code(int view, float[] queue, int place, int queueRows, float[] prototypes, int d, double epsilon) {
        int rows = queueRows + n;
        double[][] q = new double[rows][k];
        double sum = 0;
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < k; c++) {
                double score = 0;
                if (r < queueRows) {
                    for (int i = 0; i < d; i++) {
                        score += (double) queue[(place * queueRows + r) * d + i] * prototypes[c * d + i];
                    }
                } else {
                    score = scores[(view * n + r - queueRows) * k + c];
                }
                q[r][c] = Math.exp(score / epsilon);
                sum += q[r][c];
            }
        }
        for (double[] row : q) {
            for (int c = 0; c < k; c++) {
                row[c] /= sum;
            }
        }
        for (int iteration = 0; iteration < 3; iteration++) {
            for (int c = 0; c < k; c++) {
                double column = 0;
                for (double[] row : q) {
                    column += row[c];
                }
                for (double[] row : q) {
                    row[c] /= column * k;
                }
            }
            for (double[] row : q) {
                double total = 0;
                for (double v : row) {
                    total += v;
                }
                for (int c = 0; c < k; c++) {
                    row[c] /= total * rows;
                }
            }
        }
        double[][] own = new double[n][k];
        for (int b = 0; b < n; b++) {
            for (int c = 0; c < k; c++) {
                own[b][c] = q[queueRows + b][c] * rows;
            }
        }
        codes.put(view, own);
        return own;
    }

    static float[] flat(double[][] rows) {
        float[] all = new float[rows.length * rows[0].length];
        for (int i = 0; i < all.length; i++) {
            all[i] = (float) rows[i / rows[0].length][i % rows[0].length];
        }
        return all;
    }

    /** Cross-entropy of view v predicting the code of an assigned view. */
    private double term(int assigned, int v) {
        double sum = 0;
        for (int b = 0; b < n; b++) {
            double[] l = LossTests.logSoftmax(scores, v * n + b, k, temperature);
            for (int c = 0; c < k; c++) {
                sum -= codes.get(assigned)[b][c] * l[c] / n;
            }
        }
        return sum;
    }

    private double part(int from, int to) {
        double sum = 0;
        int pairs = 0;
        for (int assigned : codes.keySet()) {
            for (int v = from; v < to; v++) {
                if (v != assigned) {
                    sum += term(assigned, v);
                    pairs++;
                }
            }
        }
        return pairs == 0 ? 0 : sum / pairs;
    }

    double global() {
        return part(0, globals);
    }

    double local() {
        return part(globals, views);
    }

    double mean() {
        return part(0, views);
    }

    double loss() {
        return views == globals ? global() : alpha * global() + (1 - alpha) * local();
    }

    double entropy() {
        double sum = 0;
        for (double[][] code : codes.values()) {
            for (double[] row : code) {
                for (double q : row) {
                    sum -= q > 0 ? q * Math.log(q) : 0;
                }
            }
        }
        return sum / (codes.size() * n);
    }

    /** (softmax - code) / temperature, weighted by how often the pair counts. */
    float[] gradient() {
        float[] g = new float[scores.length];
        int globalPairs = codes.size() * (globals - 1);
        int localPairs = codes.size() * (views - globals);
        for (int v = 0; v < views; v++) {
            boolean global = v < globals;
            double weight = global ? (views == globals ? 1 : alpha) / globalPairs : (1 - alpha) / localPairs;
            for (int b = 0; b < n; b++) {
                double[] l = LossTests.logSoftmax(scores, v * n + b, k, temperature);
                for (int c = 0; c < k; c++) {
                    double sum = 0;
                    for (int assigned : codes.keySet()) {
                        sum += assigned == v ? 0 : Math.exp(l[c]) - codes.get(assigned)[b][c];
                    }
                    g[(v * n + b) * k + c] = (float) (weight * sum / temperature / n);
                }
            }
        }
        return g;
    }
}
