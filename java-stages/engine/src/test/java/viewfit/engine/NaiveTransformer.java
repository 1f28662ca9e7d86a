package viewfit.engine;

import java.util.HashMap;
import java.util.Map;
import viewfit.graph.Graph;
import viewfit.graph.Op;

/**
 * Evaluates the operations of a transformer by plain loops in double precision, from the ops alone; square images whose
 * patches form the position embedding's own grid. Values are [n][tokens][channels], pooled ones have one token.
 */
final class NaiveTransformer {
    private final Graph graph;
    private final Map<String, float[]> tensors;
    private final float[][] factors;

    /** @param factors of the stochastic-depth branches [branches][n], or none: every branch is kept */
    NaiveTransformer(Graph graph, Map<String, float[]> tensors, float[][] factors) {
        this.graph = graph;
        this.tensors = tensors;
        this.factors = factors;
    }

    /** @param images [n][3][side][side] */
    double[][][] evaluate(double[][][][] images) {
        Map<Integer, double[][][]> values = new HashMap<>();
        for (Op op : graph.ops()) {
            values.put(op.out(), op instanceof Op.Conv2d c ? patches(images, c) : apply(op, values));
        }
        return values.get(graph.output());
    }

    private double[][][] apply(Op op, Map<Integer, double[][][]> values) {
        double[][][] x = values.get(op.inputs().get(0));
        int n = x.length;
        double[][][] y = new double[n][][];
        for (int i = 0; i < n; i++) {
            if (op instanceof Op.Tokens t) {
                y[i] = tokens(x[i], tensors.get(t.classToken()), tensors.get(t.position()));
            } else if (op instanceof Op.LayerNorm l) {
                y[i] = rows(x[i], row -> layerNorm(row, l));
            } else if (op instanceof Op.Linear l) {
                y[i] = rows(x[i], row -> linear(row, tensors.get(l.weight()), tensors.get(l.bias())));
            } else if (op instanceof Op.Attention a) {
                y[i] = attention(x[i], a.heads());
            } else if (op instanceof Op.Add) {
                y[i] = add(x[i], values.get(op.inputs().get(1))[i]);
            } else if (op instanceof Op.DropPath d) {
                double factor = factors.length == 0 ? 1 : factors[d.index()][i];
                y[i] = rows(x[i], row -> scaled(row, factor));
            } else if (op instanceof Op.ClassToken) {
                y[i] = new double[][] {x[i][0]};
            } else if (op instanceof Op.Concat c) {
                int image = i;
                y[i] = new double[][] {
                    c.inputs().stream()
                            .flatMapToDouble(v -> java.util.Arrays.stream(values.get(v)[image][0]))
                            .toArray()
                };
            } else {
                throw new IllegalArgumentException("" + op);
            }
        }
        return y;
    }

    private interface RowFunction {
        double[] of(double[] row);
    }

    private static double[][] rows(double[][] x, RowFunction f) {
        double[][] y = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            y[t] = f.of(x[t]);
        }
        return y;
    }

    private double[][][] patches(double[][][][] images, Op.Conv2d c) {
        float[] w = tensors.get(c.weight());
        float[] b = tensors.get(c.bias());
        int k = c.kernel();
        int grid = images[0][0].length / k;
        double[][][] y = new double[images.length][grid * grid][b.length];
        for (int i = 0; i < images.length; i++) {
            for (int t = 0; t < grid * grid; t++) {
                for (int o = 0; o < b.length; o++) {
                    double sum = b[o];
                    for (int q = 0; q < 3 * k * k; q++) {
                        sum += w[o * 3 * k * k + q]
                                * images[i][q / (k * k)][t / grid * k + q / k % k][t % grid * k + q % k];
                    }
                    y[i][t][o] = sum;
                }
            }
        }
        return y;
    }

    private static double[][] tokens(double[][] x, float[] token, float[] position) {
        int c = token.length;
        double[][] y = new double[x.length + 1][c];
        for (int t = 0; t < y.length; t++) {
            for (int i = 0; i < c; i++) {
                y[t][i] = (t == 0 ? token[i] : x[t - 1][i]) + position[t * c + i];
            }
        }
        return y;
    }

    private double[] layerNorm(double[] row, Op.LayerNorm op) {
        float[] w = tensors.get(op.prefix() + ".weight");
        float[] b = tensors.get(op.prefix() + ".bias");
        double mean = 0;
        double variance = 0;
        for (double v : row) {
            mean += v / row.length;
        }
        for (double v : row) {
            variance += (v - mean) * (v - mean) / row.length;
        }
        double[] y = new double[row.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = (row[i] - mean) / Math.sqrt(variance + op.epsilon()) * w[i] + b[i];
        }
        return y;
    }

    private static double[] linear(double[] row, float[] w, float[] b) {
        double[] y = new double[b.length];
        for (int o = 0; o < y.length; o++) {
            y[o] = b[o];
            for (int i = 0; i < row.length; i++) {
                y[o] += row[i] * w[o * row.length + i];
            }
        }
        return y;
    }

    private static double[][] attention(double[][] x, int heads) {
        int c = x[0].length / 3;
        int d = c / heads;
        double[][] y = new double[x.length][c];
        for (int h = 0; h < heads; h++) {
            for (int t = 0; t < x.length; t++) {
                double[] share = new double[x.length];
                double sum = 0;
                for (int u = 0; u < x.length; u++) {
                    double score = 0;
                    for (int i = 0; i < d; i++) {
                        score += x[t][h * d + i] * x[u][c + h * d + i];
                    }
                    share[u] = Math.exp(score / Math.sqrt(d));
                    sum += share[u];
                }
                for (int u = 0; u < x.length; u++) {
                    for (int i = 0; i < d; i++) {
                        y[t][h * d + i] += share[u] / sum * x[u][2 * c + h * d + i];
                    }
                }
            }
        }
        return y;
    }

    private static double[][] add(double[][] a, double[][] b) {
        double[][] y = new double[a.length][a[0].length];
        for (int t = 0; t < a.length; t++) {
            for (int i = 0; i < a[0].length; i++) {
                y[t][i] = a[t][i] + b[t][i];
            }
        }
        return y;
    }

    private static double[] scaled(double[] row, double factor) {
        double[] y = row.clone();
        for (int i = 0; i < y.length; i++) {
            y[i] *= factor;
        }
        return y;
    }
}
