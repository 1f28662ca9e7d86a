package viewfit.core.metrics;

/**
 * The nearest bank rows of each query, nearest first; rows of the same cosine in the order of the bank.
 *
 * @param k neighbours per query
 * @param rows bank rows, row-major [queries, k]
 * @param cosines of query and bank row, [queries, k]
 * @param searchedTwice queries for which single precision could not tell, and which were compared with every row in double
 */
@SuppressWarnings("ArrayRecordComponent") // Shared with those who asked; two answers are never compared as a whole.
public record Nearest(int k, int[] rows, double[] cosines, int searchedTwice) {
    /** Number of queries. */
    public int queries() {
        return rows.length / k;
    }

    /** Bank row of the n-th neighbour, from 0. */
    public int row(int query, int n) {
        return rows[query * k + n];
    }

    /** Its cosine. */
    public double cosine(int query, int n) {
        return cosines[query * k + n];
    }
}
