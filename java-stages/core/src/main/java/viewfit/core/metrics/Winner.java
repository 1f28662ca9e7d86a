package viewfit.core.metrics;

/**
 * The class that the neighbours of a query vote for.
 *
 * @param label class with the most votes, the first of equals
 * @param share of all votes that are its own, in (0, 1]
 */
public record Winner(int label, double share) {}
