package viewfit.eval;

/**
 * One neighbour on the retrieval sheet, a line of {@code retrieval.csv}.
 *
 * @param query path of the held-out image
 * @param label its class
 * @param rank of the neighbour, from 1
 * @param neighbour path of the training image
 * @param neighbourLabel its class
 * @param cosine of both features
 */
public record Retrieved(String query, int label, int rank, String neighbour, int neighbourLabel, double cosine) {
    /** Schema of the table. */
    public static final String SCHEMA = "retrieval/1";
}
