package viewfit.engine;

import java.util.HashMap;
import java.util.Map;
import viewfit.graph.Graph;
import viewfit.graph.Op;

/** Evaluates a graph by plain loops in double precision: the twin of the compiled program, written from the ops alone. */
final class NaiveNetwork {
    /** Values [n, c, h, w]; features have h = w = 1. */
    record Value(double[] data, int n, int c, int h, int w) {
        double at(int i, int k, int y, int x) {
            return data[((i * c + k) * h + y) * w + x];
        }
    }

    private final Graph graph;
    private final Map<String, float[]> tensors;
    private final boolean training;

    NaiveNetwork(Graph graph, Map<String, float[]> tensors, boolean training) {
        this.graph = graph;
        this.tensors = tensors;
        this.training = training;
    }

    Value evaluate(Value input) {
        Map<Integer, Value> values = new HashMap<>();
        values.put(0, input);
        for (Op op : graph.ops()) {
            values.put(op.out(), apply(op, values));
        }
        return values.get(graph.output());
    }

    private Value apply(Op op, Map<Integer, Value> values) {
        Value x = values.get(op.inputs().get(0));
        if (op instanceof Op.Conv2d c) {
            return conv(x, tensors.get(c.weight()), c);
        } else if (op instanceof Op.BatchNorm n) {
            return batchNorm(x, n);
        } else if (op instanceof Op.Linear l) {
            return linear(x, tensors.get(l.weight()), tensors.get(l.bias()), 1);
        } else if (op instanceof Op.WeightNormLinear l) {
            return weightNorm(x, tensors.get(l.direction()), tensors.get(l.magnitude()));
        } else if (op instanceof Op.Add) {
            Value y = values.get(op.inputs().get(1));
            return map(x, i -> x.data[i] + y.data[i]);
        } else if (op instanceof Op.Activation a) {
            return map(x, i -> activation(a.kind(), x.data[i]));
        } else if (op instanceof Op.MaxPool p) {
            return maxPool(x, p);
        } else if (op instanceof Op.GlobalMeanPool) {
            double[] out = new double[x.n * x.c];
            for (int i = 0; i < x.data.length; i++) {
                out[i / (x.h * x.w)] += x.data[i] / (x.h * x.w);
            }
            return new Value(out, x.n, x.c, 1, 1);
        } else if (op instanceof Op.L2Normalize) {
            return map(x, i -> x.data[i] / Math.max(rowNorm(x.data, i / x.c * x.c, x.c), 1e-12));
        }
        throw new IllegalArgumentException("" + op);
    }

    private interface Element {
        double at(int i);
    }

    private static Value map(Value x, Element f) {
        double[] out = new double[x.data.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = f.at(i);
        }
        return new Value(out, x.n, x.c, x.h, x.w);
    }

    private static double activation(Op.Activation.Kind kind, double v) {
        return switch (kind) {
            case RELU -> Math.max(0, v);
            case RELU6 -> Math.min(6, Math.max(0, v));
            case GELU -> v * normalCdf(v);
        };
    }

    /** Standard normal distribution function by Simpson's rule from 0. */
    private static double normalCdf(double v) {
        int steps = 2000;
        double h = v / steps;
        double sum = 0;
        for (int i = 0; i <= steps; i++) {
            double weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
            sum += weight * Math.exp(-0.5 * i * h * i * h);
        }
        return 0.5 + sum * h / 3 / Math.sqrt(2 * Math.PI);
    }

    private static double rowNorm(double[] data, int from, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += data[from + i] * data[from + i];
        }
        return Math.sqrt(sum);
    }

    private static Value conv(Value x, float[] w, Op.Conv2d c) {
        int k = c.kernel();
        int perGroup = x.c / c.groups();
        int out = w.length / (perGroup * k * k);
        int h = (x.h + 2 * c.padding() - k) / c.stride() + 1;
        int wide = (x.w + 2 * c.padding() - k) / c.stride() + 1;
        double[] y = new double[x.n * out * h * wide];
        for (int i = 0, at = 0; i < x.n; i++) {
            for (int o = 0; o < out; o++) {
                int firstIn = o / (out / c.groups()) * perGroup;
                for (int p = 0; p < h * wide; p++, at++) {
                    for (int q = 0; q < perGroup * k * k; q++) {
                        int row = p / wide * c.stride() - c.padding() + q / k % k;
                        int column = p % wide * c.stride() - c.padding() + q % k;
                        if (row >= 0 && row < x.h && column >= 0 && column < x.w) {
                            y[at] += x.at(i, firstIn + q / (k * k), row, column) * w[o * perGroup * k * k + q];
                        }
                    }
                }
            }
        }
        return new Value(y, x.n, out, h, wide);
    }

    private static Value maxPool(Value x, Op.MaxPool p) {
        int h = (x.h + 2 * p.padding() - p.kernel()) / p.stride() + 1;
        int wide = (x.w + 2 * p.padding() - p.kernel()) / p.stride() + 1;
        double[] y = new double[x.n * x.c * h * wide];
        for (int at = 0; at < y.length; at++) {
            y[at] = Double.NEGATIVE_INFINITY;
            for (int q = 0; q < p.kernel() * p.kernel(); q++) {
                int row = at / wide % h * p.stride() - p.padding() + q / p.kernel();
                int column = at % wide * p.stride() - p.padding() + q % p.kernel();
                if (row >= 0 && row < x.h && column >= 0 && column < x.w) {
                    int plane = at / (h * wide);
                    y[at] = Math.max(y[at], x.at(plane / x.c, plane % x.c, row, column));
                }
            }
        }
        return new Value(y, x.n, x.c, h, wide);
    }

    private Value batchNorm(Value x, Op.BatchNorm n) {
        float[] mean = tensors.get(n.prefix() + ".running_mean").clone();
        float[] variance = tensors.get(n.prefix() + ".running_var").clone();
        double[] m = new double[x.c];
        double[] v = new double[x.c];
        int area = x.h * x.w;
        for (int i = 0; i < x.data.length; i++) {
            m[i / area % x.c] += x.data[i] / (x.n * area);
        }
        for (int i = 0; i < x.data.length; i++) {
            double d = x.data[i] - m[i / area % x.c];
            v[i / area % x.c] += d * d / (x.n * area);
        }
        float[] gamma = tensors.get(n.prefix() + ".weight");
        float[] beta = tensors.get(n.prefix() + ".bias");
        return map(x, i -> {
            int c = i / area % x.c;
            double centre = training ? m[c] : mean[c];
            double spread = training ? v[c] : variance[c];
            return (x.data[i] - centre) / Math.sqrt(spread + n.epsilon()) * gamma[c] + beta[c];
        });
    }

    private static Value linear(Value x, float[] w, float[] bias, double scale) {
        int out = w.length / x.c;
        double[] y = new double[x.n * out];
        for (int i = 0; i < y.length; i++) {
            y[i] = bias.length == 0 ? 0 : bias[i % out];
            for (int k = 0; k < x.c; k++) {
                y[i] += scale * x.data[i / out * x.c + k] * w[i % out * x.c + k];
            }
        }
        return new Value(y, x.n, out, 1, 1);
    }

    private static Value weightNorm(Value x, float[] direction, float[] magnitude) {
        float[] rows = direction.clone();
        for (int o = 0; o < magnitude.length; o++) {
            double norm = 0;
            for (int k = 0; k < x.c; k++) {
                norm += (double) direction[o * x.c + k] * direction[o * x.c + k];
            }
            for (int k = 0; k < x.c; k++) {
                rows[o * x.c + k] = (float) (direction[o * x.c + k] * magnitude[o] / Math.sqrt(norm));
            }
        }
        return linear(x, rows, new float[0], 1);
    }
}
