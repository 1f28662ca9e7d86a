package viewfit.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import viewfit.core.metrics.Nearest;

/**
 * The exact nearest neighbours by cosine, a piece of the bank at a time.
 *
 * <p>The engine multiplies a block of queries with a piece of the bank in single precision, or in double where the precision of the
 * run rounds products further, and keeps the best of each query: a short list, somewhat longer than asked for. To each product it
 * adds the rounding error that this one can have at most, so that a list is of what could be best. It is put in order by cosines
 * in double, whose value depends on nothing but the two rows. A query whose last listed row could still belong to the answer is
 * compared with all rows in double. So the answer is the exact one, bit for bit the same whatever the pieces, the number of
 * threads and the device. Rows of the same bits are multiplied once.
 *
 * <p>What is multiplied is the distance from a mean direction m of the bank: {@code q.b = (q-m).(b-m) + m.(b-m) + q.m}, of
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

    /** Roundings of double precision in a cosine of about 1: n each of the sum, of {@code m.(b-m)} and of {@code q.m}. */
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
    private final Listener listener;

    /** Is told how far a search is, after each block, and may end it by what it throws. */
    @FunctionalInterface
    public interface Listener {
        /**
         * @param what is done, in words
         * @param rows of the bank that all queries have been compared with so far
         */
        void rows(String what, int rows, int all);
    }

    /** Pieces of a size that is fast everywhere. */
    public NeighbourSearch(TorchRuntime runtime) {
        this(runtime, PIECE, BLOCK);
    }

    /** The same, for who wants to know how far it is. */
    public NeighbourSearch(TorchRuntime runtime, Listener listener) {
        this(runtime, PIECE, BLOCK, runtime.roundsProducts(), listener);
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
        this(runtime, piece, block, wide, (what, rows, all) -> {});
    }

    NeighbourSearch(TorchRuntime runtime, int piece, int block, boolean wide, Listener listener) {
        this.runtime = runtime;
        this.piece = piece;
        this.block = block;
        this.type = wide ? FLOAT64 : FLOAT32;
        this.listener = listener;
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
        if (k < 1 || rows.rows() > MOST) {
            throw new IllegalArgumentException(
                    "k " + k + " of " + rows.rows() + " rows: k must be 1 or more, rows at most " + MOST);
        }
        Duplicates duplicates = Duplicates.of(rows);
        return duplicates.expand(distinct(duplicates.once(), asked, k), Math.min(k, rows.rows()));
    }

    private Nearest distinct(UnitRows rows, UnitRows asked, int k) {
        int size = Math.min(k, rows.rows());
        int listed = Math.min(rows.rows(), size + Math.max(SPARE, size / 2));
        double[] mean = rows.centre();
        Lists lists = lists(rows, asked, mean, listed);
        PairSearch pairs = new PairSearch(rows, asked, size);
        boolean[] open = new boolean[asked.rows()];
        for (int first = 0; first < open.length; first += block) {
            IntStream.range(first, Math.min(open.length, first + block))
                    .parallel()
                    .forEach(q -> {
                        pairs.among(q, lists.row(q, listed));
                        open[q] = listed < rows.rows() && !lists.certain(q, listed, asked, mean, pairs.worst(q));
                    });
            listener.rows("k-NN", rows.rows(), rows.rows());
        }
        int[] again = IntStream.range(0, open.length).filter(q -> open[q]).toArray();
        pairs.all(again, count -> listener.rows("k-NN in double", count, rows.rows()));
        return pairs.found(again.length);
    }

    /**
     * What the products found: scores, best first, and their bank rows; [queries, listed]. A score is {@code q.b - q.m} and the most
     * by which its product can be wrong.
     */
    static final class Lists {
        final float[] scores;
        final float[] rows;

        Lists(int queries, int listed) {
            scores = new float[queries * listed];
            rows = new float[queries * listed];
        }

        /**
         * Whether no row outside the list is as near as a row of the answer. Scores of both are at most the last listed one. Numbers
         * below the smallest normal one may be lost, and the cosines in double have their own rounding, which counts where all
         * rows are alike.
         */
        boolean certain(int query, int listed, UnitRows queries, double[] mean, double worst) {
            double common = 0;
            for (int c = 0; c < mean.length; c++) {
                common += queries.value(query, c) * mean[c];
            }
            double lost = (mean.length + 8) * (Float.MIN_NORMAL + FINE_ROUNDING);
            return scores[query * listed + listed - 1] + common + lost < worst;
        }

        int[] row(int query, int listed) {
            int[] out = new int[listed];
            for (int n = 0; n < listed; n++) {
                out[n] = (int) rows[query * listed + n];
            }
            return out;
        }
    }

    /**
     * The most by which a product can be wrong, as a share of the lengths' product plus the offset: a sum of n products in any order
     * is off by at most n roundings of the sum of their magnitudes, which is at most the product of the lengths; two more for the
     * factors, one for this very term.
     */
    static double share(int width) {
        return (width + 8) * 1.1 * ROUNDING;
    }

    Lists lists(UnitRows bank, UnitRows queries, double[] mean, int listed) {
        Lists lists = new Lists(queries.rows(), listed);
        try (Program program = runtime.compile(PROGRAM);
                Scope scope = runtime.scope()) {
            List<Tensor> blocks = blocks(scope, queries, mean);
            List<List<Tensor>> best = new ArrayList<>();
            for (int first = 0; first < bank.rows(); first += piece) {
                int count = Math.min(piece, bank.rows() - first);
                try (Scope step = runtime.scope()) {
                    Tensor part = part(step, bank, mean, first, count);
                    for (int b = 0; b < blocks.size(); b++) {
                        long size = Math.min(listed, count);
                        List<Tensor> now = program.call(step, "best", blocks.get(b), part, (long) first, size, type);
                        if (first == 0) {
                            best.add(List.of(scope.take(now.get(0)), scope.take(now.get(1))));
                        } else {
                            best.set(b, merged(program, scope, best.get(b), now, listed));
                        }
                        int done = (int) ((long) count * (b + 1) / blocks.size());
                        listener.rows("k-NN", first + done, bank.rows());
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

    /** Queries less the mean, and two columns that take the bank's own offset and error: ones and lengths; [n, width + 2] each. */
    private List<Tensor> blocks(Scope scope, UnitRows queries, double[] mean) {
        int width = queries.width();
        int columns = width + 2;
        List<Tensor> blocks = new ArrayList<>();
        for (int first = 0; first < queries.rows(); first += block) {
            int from = first;
            int count = Math.min(block, queries.rows() - first);
            float[] values = new float[count * columns];
            IntStream.range(0, count).parallel().forEach(q -> {
                double squares = 0;
                for (int c = 0; c < width; c++) {
                    double v = queries.value(from + q, c) - mean[c];
                    squares += v * v;
                    values[q * columns + c] = (float) v;
                }
                values[q * columns + width] = 1;
                values[q * columns + width + 1] = (float) Math.sqrt(squares);
            });
            blocks.add(runtime.tensor(scope, values, count, columns));
        }
        return blocks;
    }

    /** Bank rows less the mean, and columns of their own offset and error: [count, width + 2]. */
    private Tensor part(Scope scope, UnitRows bank, double[] mean, int first, int count) {
        int width = bank.width();
        int columns = width + 2;
        double share = share(width);
        float[] values = new float[columns * count];
        IntStream.range(0, count).parallel().forEach(row -> {
            double squares = 0;
            double offset = 0;
            for (int c = 0; c < width; c++) {
                double v = bank.value(first + row, c) - mean[c];
                squares += v * v;
                offset += v * mean[c];
                values[row * columns + c] = (float) v;
            }
            values[row * columns + width] = (float) (offset + share * Math.abs(offset));
            values[row * columns + width + 1] = (float) (share * Math.sqrt(squares));
        });
        return runtime.tensor(scope, values, count, columns);
    }
}
