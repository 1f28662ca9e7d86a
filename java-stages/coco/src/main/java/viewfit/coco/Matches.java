package viewfit.coco;

/**
 * How the detections of one group fared, by range of areas.
 *
 * @see Matcher
 */
final class Matches {
    /** By descending score, as many as the largest limit at most. */
    final double[] scores;

    /** Bit t of [area][detection]: it is matched at overlap t. */
    final int[][] matched;

    /** Bit t of [area][detection]: at overlap t it counts neither way. */
    final int[][] ignored;

    /** True objects that count, by area. */
    final int[] positives;

    Matches(double[] scores) {
        this.scores = scores;
        this.matched = new int[Axes.AREAS][scores.length];
        this.ignored = new int[Axes.AREAS][scores.length];
        this.positives = new int[Axes.AREAS];
    }
}
