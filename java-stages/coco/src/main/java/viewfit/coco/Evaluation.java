package viewfit.coco;

import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The COCO metric for boxes and masks: all cells exactly as pycocotools 2.0.11 computes them.
 *
 * <p>Groups of a class and an image are matched on their own, then each class is accumulated on its own; both happen side by
 * side and are put together by number, so the number of threads changes nothing.
 */
public final class Evaluation {
    /** The class that stands for all where they are left out of account. */
    public static final Category ANY = new Category(-1, "any");

    /** As the reference divides; it keeps 0 / 0 away. */
    private static final double TINY = 0x1p-52;

    private final Annotations annotations;
    private final List<Category> categories;
    private final Groups groups;
    private final Matches[] matches;
    private final Cells cells;

    private Evaluation(Annotations annotations, Results results, Settings settings) {
        this.annotations = annotations;
        // Only for proposals the reference takes a category that is listed twice for two.
        this.categories = settings.proposals() ? annotations.categories() : unique(annotations.categories());
        this.groups = Groups.of(annotations, results, categories, settings.proposals(), settings.rules());
        this.matches = new Matches[groups.count()];
        this.cells = new Cells(settings.proposals() ? List.of(ANY) : categories);
    }

    private static List<Category> unique(List<Category> categories) {
        TreeMap<Long, Category> byId = new TreeMap<>();
        categories.forEach(each -> byId.put(each.id(), each));
        return List.copyOf(byId.values());
    }

    /**
     * Evaluates.
     *
     * @throws viewfit.core.contract.StageFailure with one line if annotations and results do not fit together
     */
    public static Cells run(Annotations annotations, Results results, Settings settings) {
        Evaluation evaluation = new Evaluation(annotations, results, settings);
        evaluation.match(new Matcher(annotations, results, settings), settings.threads());
        evaluation.accumulate(settings.threads());
        return evaluation.cells;
    }

    private void match(Matcher matcher, int threads) {
        Parallel.forEach(
                groups.count(),
                threads,
                g -> matches[g] = matcher.match(
                        annotations.pictures().get(groups.image(g)), groups.objects(g), groups.detections(g)));
    }

    private void accumulate(int threads) {
        int classes = cells.categories().size();
        int[] ends = new int[classes];
        for (int g = 0; g < groups.count(); g++) {
            ends[groups.category(g)] = g + 1;
        }
        int[] from = new int[classes];
        int before = 0;
        for (int k = 0; k < classes; k++) {
            from[k] = before;
            ends[k] = Math.max(ends[k], before);
            before = ends[k];
        }
        Parallel.forEach(classes, threads, k -> accumulate(k, from[k], ends[k]));
    }

    /** All cells of one class, from its groups. */
    private void accumulate(int k, int from, int to) {
        int count = IntStream.range(from, to).map(g -> matches[g].scores.length).sum();
        double[] scores = new double[count];
        int[] group = new int[count];
        int[] rank = new int[count];
        int at = 0;
        for (int g = from; g < to; g++) {
            for (int i = 0; i < matches[g].scores.length; i++) {
                scores[at] = matches[g].scores[i];
                group[at] = g;
                rank[at++] = i;
            }
        }
        int[] order = ByScore.order(scores);
        for (int area = 0; area < Axes.AREAS; area++) {
            int positives = 0;
            for (int g = from; g < to; g++) {
                positives += matches[g].positives[area];
            }
            if (positives == 0) {
                continue;
            }
            int[] matched = new int[count];
            int[] ignored = new int[count];
            for (int i = 0; i < count; i++) {
                int d = order[i];
                matched[i] = matches[group[d]].matched[area][rank[d]];
                ignored[i] = matches[group[d]].ignored[area][rank[d]];
            }
            for (int limit = 0; limit < Axes.LIMITS; limit++) {
                int[] kept = within(order, rank, Axes.limit(limit));
                for (int t = 0; t < Axes.IOUS; t++) {
                    Curve curve = new Curve(kept.length);
                    for (int i : kept) {
                        boolean counts = (ignored[i] >> t & 1) == 0;
                        boolean hit = (matched[i] >> t & 1) == 1;
                        curve.add(counts && hit, counts && !hit, positives, scores[order[i]]);
                    }
                    curve.fill(cells, t, k, area, limit);
                }
            }
        }
    }

    /** Places in the order of those among the first {@code limit} of their group. */
    private static int[] within(int[] order, int[] rank, int limit) {
        return IntStream.range(0, order.length)
                .filter(i -> rank[order[i]] < limit)
                .toArray();
    }

    /** Precision and recall after each detection. */
    private static final class Curve {
        private final double[] recall;
        private final double[] precision;
        private final double[] score;
        private int count;
        private double hits;
        private double misses;

        Curve(int detections) {
            recall = new double[detections];
            precision = new double[detections];
            score = new double[detections];
        }

        void add(boolean hit, boolean miss, int positives, double scoreHere) {
            hits += hit ? 1 : 0;
            misses += miss ? 1 : 0;
            recall[count] = hits / positives;
            precision[count] = hits / (misses + hits + TINY);
            score[count++] = scoreHere;
        }

        void fill(Cells cells, int iou, int category, int area, int limit) {
            cells.setRecall(iou, category, area, limit, count == 0 ? 0 : recall[count - 1]);
            for (int i = count - 1; i > 0; i--) {
                precision[i - 1] = Math.max(precision[i - 1], precision[i]);
            }
            int at = 0;
            for (int r = 0; r < Axes.RECALLS; r++) {
                while (at < count && recall[at] < Axes.recall(r)) {
                    at++;
                }
                boolean there = at < count;
                cells.set(iou, r, category, area, limit, there ? precision[at] : 0, there ? score[at] : 0);
            }
        }
    }
}
