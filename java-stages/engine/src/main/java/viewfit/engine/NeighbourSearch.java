package viewfit.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import viewfit.core.metrics.Nearest;

/**
 * The exact nearest neighbours by cosine, a piece of the bank at a time.
 *
 * <p>The engine multiplies a block of queries with a piece of the bank in single precision, or in double where the precision of the
 * run rounds products further, and keeps the best of each query: a short list, somewhat longer than asked for. The list is put in order by cosines in double, whose value depends on nothing but
 * the two rows. Whether a row outside the list could belong to the answer is told by the rounding error that the products can
 * have at most; a query for which it could is compared with all rows in double. So the answer is the exact one, bit for bit the
 * same whatever the pieces, the number of threads and the device.
 *
 * <p>What is multiplied is the distance from the mean direction m of the bank: {@code q.b = (q-m).(b-m) + m.(b-m) + q.m}, of
 * which the last term is the same for all rows of the bank. Features of a network that tells images hardly apart have cosines of
 * 0.999 and more; without their common part single precision orders them as well as any others.
 *
 * <p>Memory beside the features: a piece of the bank, the queries once more, one block of products, and the lists.
 */
public final class NeighbourSearch {
    /** Bank rows of a piece: a product of 1024 x 16384 takes 64 MB. */
    private static final int PIECE = 16384;

    /** Queries of a product. */
    private static final int BLOCK = 1024;

    /** Least rows of the list beyond those asked for. */
    private static final int SPARE = 32;

    /** Rows of the bank that single precision can count. */
    private static final int MOST = 1 << 24;

    /** Rounding of single precision to nearest. */
    private static final double ROUNDING = 0x1.0p-24;

    /** Roundings of double precision in a cosine of about 1. */
    private static final double FINE_ROUNDING = 0x1.0p-51;

    private static final String PROGRAM =
            """
            def best(self, q: Tensor, b: Tensor, first: int, size: int, type: int) -> List[Tensor]:
              torch.set_grad_enabled(False)
              v, i = torch.topk(torch.matmul(torch.to(q, type), torch.t(torch.to(b, type))), size, 1, True, True)
              return [v, torch.add(i, first)]
            def merge(self, a: Tensor, i: Tensor, b: Tensor, j: Tensor, size: int) -> List[Tensor]:
              torch.set_grad_enabled(False)
              v, at = torch.topk(torch.cat([a, b], 1), size, 1, True, True)
              return [v, torch.gather(torch.cat([i, j], 1), 1, at)]
            """;

    /** Element types of libtorch. */
    private static final long FLOAT32 = 6;

    private static final long FLOAT64 = 7;

    private final TorchRuntime runtime;
    private final int piece;
    private final int block;
    private final long type;

    /** Pieces of a size that is fast everywhere. */
    public NeighbourSearch(TorchRuntime runtime) {
        this(runtime, PIECE, BLOCK);
    }

    /**
     * @param piece rows of the bank that are multiplied at once; changes time and memory alone
     * @param block queries that are multiplied at once; the same
     */
    public NeighbourSearch(TorchRuntime runtime, int piece, int block) {
        this(runtime, piece, block, runtime.roundsProducts());
    }

    /** @param wide products in double: the bound of their error is that of single precision, which a rounded product exceeds */
    NeighbourSearch(TorchRuntime runtime, int piece, int block, boolean wide) {
        this.runtime = runtime;
        this.piece = piece;
        this.block = block;
        this.type = wide ? FLOAT64 : FLOAT32;
    }

    /**
     * The nearest {@code k} rows, or all rows of a smaller bank.
     *
     * @param bank row-major [rows, width], at most 16,777,216 rows
     * @param queries row-major [queries, width]
     * @throws IllegalArgumentException if sizes disagree, either side is empty, or a value is not finite
     */
    public Nearest find(float[] bank, float[] queries, int width, int k) {
        return find(new UnitRows(bank, width), new UnitRows(queries, width), k);
    }

    /**
     * The nearest {@code k} other rows of each row, or all others of fewer; the row itself is never among them, its duplicates
     * are.
     *
     * @param rows row-major [rows, width], 2 to 16,777,216 of them
     * @throws IllegalArgumentException if there are fewer, or a value is not finite
     */
    public Nearest others(float[] rows, int width, int k) {
        UnitRows all = new UnitRows(rows, width);
        if (k < 1 || all.rows() < 2) {
            throw new IllegalArgumentException(
                    "k " + k + " of " + all.rows() + " rows: k must be 1 or more, rows at least 2");
        }
        int size = Math.min(k, all.rows() - 1);
        Nearest found = find(all, all, size + 1);
        int[] others = new int[all.rows() * size];
        double[] cosines = new double[others.length];
        for (int q = 0; q < all.rows(); q++) {
            int kept = 0;
            // Where as many duplicates of a row come before it, it is not listed, and the last one is left over.
            for (int n = 0; kept < size; n++) {
                if (found.row(q, n) != q) {
                    others[q * size + kept] = found.row(q, n);
                    cosines[q * size + kept] = found.cosine(q, n);
                    kept++;
                }
            }
        }
        return new Nearest(size, others, cosines, found.searchedTwice());
    }

    private Nearest find(UnitRows rows, UnitRows asked, int k) {
        int width = rows.width();
        if (k < 1 || rows.rows() > MOST) {
            throw new IllegalArgumentException(
                    "k " + k + " of " + rows.rows() + " rows: k must be 1 or more, rows at most " + MOST);
        }
        int size = Math.min(k, rows.rows());
        int listed = Math.min(rows.rows(), size + Math.max(SPARE, size / 2));
        double[] mean = rows.mean();
        Lists lists = lists(rows, asked, mean, listed);
        Nearest found = new Nearest(size, new int[asked.rows() * size], new double[asked.rows() * size], 0);
        AtomicInteger again = new AtomicInteger();
        IntStream.range(0, asked.rows()).parallel().forEach(q -> {
            double bound = 2 * lists.error(q, width);
            int at = q * listed;
            boolean certain =
                    listed == rows.rows() || lists.scores[at + listed - 1] < lists.scores[at + size - 1] - bound;
            if (!certain) {
                again.incrementAndGet();
            }
            order(asked, q, rows, certain ? lists.row(q, listed) : null, found);
        });
        return new Nearest(size, found.rows(), found.cosines(), again.get());
    }

    /** What single precision found: approximate scores, best first, and their bank rows; [queries, listed]. */
    static final class Lists {
        final float[] scores;
        final float[] rows;
        final double[] queryLength;
        double bankLength;
        double offset;

        Lists(int queries, int listed) {
            scores = new float[queries * listed];
            rows = new float[queries * listed];
            queryLength = new double[queries];
        }

        /**
         * The most by which a score of this query can be wrong: a sum of n products in any order is off by at most n roundings
         * of the sum of their magnitudes, which is at most the product of the lengths; two more for the factors. Numbers below the
         * smallest normal one may be lost, and the cosines in double have their own rounding, which counts where all rows are
         * alike.
         */
        double error(int query, int width) {
            double magnitude = queryLength[query] * bankLength + offset;
            return (width + 8) * (1.1 * ROUNDING * magnitude + Float.MIN_NORMAL + FINE_ROUNDING);
        }

        int[] row(int query, int listed) {
            int[] out = new int[listed];
            for (int n = 0; n < listed; n++) {
                out[n] = (int) rows[query * listed + n];
            }
            return out;
        }
    }

    Lists lists(UnitRows bank, UnitRows queries, double[] mean, int listed) {
        Lists lists = new Lists(queries.rows(), listed);
        try (Program program = runtime.compile(PROGRAM);
                Scope scope = runtime.scope()) {
            List<Tensor> blocks = blocks(scope, queries, mean, lists);
            List<List<Tensor>> best = new ArrayList<>();
            for (int first = 0; first < bank.rows(); first += piece) {
                int count = Math.min(piece, bank.rows() - first);
                try (Scope step = runtime.scope()) {
                    Tensor part = part(step, bank, mean, first, count, lists);
                    for (int b = 0; b < blocks.size(); b++) {
                        long size = Math.min(listed, count);
                        List<Tensor> now = program.call(step, "best", blocks.get(b), part, (long) first, size, type);
                        if (first == 0) {
                            best.add(List.of(scope.take(now.get(0)), scope.take(now.get(1))));
                        } else {
                            best.set(b, merged(program, scope, best.get(b), now, listed));
                        }
                    }
                }
            }
            for (int b = 0; b < best.size(); b++) {
                copy(best.get(b).get(0), lists.scores, b * block * listed);
                copy(best.get(b).get(1), lists.rows, b * block * listed);
            }
        }
        return lists;
    }

    private static List<Tensor> merged(Program program, Scope scope, List<Tensor> old, List<Tensor> now, int listed) {
        long both = old.get(0).shape()[1] + now.get(0).shape()[1];
        long size = Math.min(listed, both);
        List<Tensor> merged = program.call(scope, "merge", old.get(0), old.get(1), now.get(0), now.get(1), size);
        old.forEach(Tensor::close);
        return merged;
    }

    private void copy(Tensor from, float[] to, int at) {
        float[] values = runtime.floats(from);
        System.arraycopy(values, 0, to, at, values.length);
    }

    /** Queries less the mean, and a column of ones that takes the bank's own offset: [n, width + 1] each. */
    private List<Tensor> blocks(Scope scope, UnitRows queries, double[] mean, Lists lists) {
        int width = queries.width();
        List<Tensor> blocks = new ArrayList<>();
        for (int first = 0; first < queries.rows(); first += block) {
            int from = first;
            int count = Math.min(block, queries.rows() - first);
            float[] values = new float[count * (width + 1)];
            IntStream.range(0, count).parallel().forEach(q -> {
                double squares = 0;
                for (int c = 0; c < width; c++) {
                    double v = queries.value(from + q, c) - mean[c];
                    squares += v * v;
                    values[q * (width + 1) + c] = (float) v;
                }
                values[q * (width + 1) + width] = 1;
                lists.queryLength[from + q] = Math.sqrt(squares);
            });
            blocks.add(runtime.tensor(scope, values, count, width + 1));
        }
        return blocks;
    }

    /** Bank rows less the mean, and a column of their own offset: [count, width + 1]. */
    private Tensor part(Scope scope, UnitRows bank, double[] mean, int first, int count, Lists lists) {
        int width = bank.width();
        float[] values = new float[(width + 1) * count];
        double[] lengths = new double[count];
        double[] offsets = new double[count];
        IntStream.range(0, count).parallel().forEach(row -> {
            for (int c = 0; c < width; c++) {
                double v = bank.value(first + row, c) - mean[c];
                lengths[row] += v * v;
                offsets[row] += v * mean[c];
                values[row * (width + 1) + c] = (float) v;
            }
            values[row * (width + 1) + width] = (float) offsets[row];
        });
        lists.bankLength = Math.max(
                lists.bankLength, Math.sqrt(Arrays.stream(lengths).max().orElse(0)));
        lists.offset = Math.max(
                lists.offset, Arrays.stream(offsets).map(Math::abs).max().orElse(0));
        return runtime.tensor(scope, values, count, width + 1);
    }

    /** The best of the candidates, or of all rows, by cosines in double. */
    private static void order(UnitRows queries, int q, UnitRows bank, int @Nullable [] some, Nearest into) {
        int k = into.k();
        int at = q * k;
        int filled = 0;
        int count = some == null ? bank.rows() : some.length;
        for (int n = 0; n < count; n++) {
            int row = some == null ? n : some[n];
            double cosine = queries.cosine(q, bank, row);
            if (filled == k && !before(cosine, row, into.cosines()[at + k - 1], into.rows()[at + k - 1])) {
                continue;
            }
            int slot = filled < k ? filled++ : k - 1;
            for (; slot > 0 && before(cosine, row, into.cosines()[at + slot - 1], into.rows()[at + slot - 1]); slot--) {
                into.cosines()[at + slot] = into.cosines()[at + slot - 1];
                into.rows()[at + slot] = into.rows()[at + slot - 1];
            }
            into.cosines()[at + slot] = cosine;
            into.rows()[at + slot] = row;
        }
    }

    private static boolean before(double cosine, int row, double otherCosine, int otherRow) {
        return cosine > otherCosine || (cosine == otherCosine && row < otherRow);
    }
}
