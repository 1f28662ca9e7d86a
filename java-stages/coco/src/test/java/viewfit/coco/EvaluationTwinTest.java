package viewfit.coco;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;

/** Random sets against the metric written down once more, slowly: one number at a time, everything looked up anew. */
class EvaluationTwinTest {
    private static final Path NOWHERE = Path.of("none.json");

    /** Few classes and scores, so that ties are common; one image in four is crowded. */
    private static final class Sets {
        private final List<Picture> pictures = new ArrayList<>();
        private final List<Category> categories = new ArrayList<>();
        private final List<Annotation> objects = new ArrayList<>();
        private final List<Detection> detections = new ArrayList<>();

        Sets(long seed) {
            RandomStream random = SeedTree.root(seed).at("sets").stream();
            for (int k = 0; k < 3; k++) {
                categories.add(new Category(10 * k + 1, "c" + k));
            }
            for (int i = 0; i < 6; i++) {
                pictures.add(new Picture(7L * i, 100, 100));
                int most = random.chance(.25) ? 130 : 6;
                for (int j = random.nextInt(7); j > 0; j--) {
                    Box box = box(random);
                    double area = random.chance(.3) ? 1024 : box.area() * (random.chance(.2) ? 20 : 1);
                    objects.add(new Annotation(
                            objects.size(),
                            objects.size(),
                            7L * i,
                            category(random),
                            area,
                            random.chance(.2),
                            box,
                            null));
                }
                for (int j = random.nextInt(most + 1); j > 0; j--) {
                    boolean near = !objects.isEmpty() && random.chance(.7);
                    Annotation like =
                            near ? objects.get(objects.size() - 1 - random.nextInt(Math.min(5, objects.size()))) : null;
                    Box box = like == null ? box(random) : like.box();
                    double score = random.nextInt(8) / 8.0;
                    detections.add(
                            new Detection(detections.size(), 7L * i, category(random), score, box.area(), box, null));
                }
            }
        }

        private long category(RandomStream random) {
            return 10L * (random.chance(.8) ? 0 : random.nextInt(3)) + 1;
        }

        private static Box box(RandomStream random) {
            return new Box(random.nextInt(40), random.nextInt(40), 1 + random.nextInt(50), 1 + random.nextInt(50));
        }

        Annotations annotations() {
            return new Annotations(NOWHERE, pictures, categories, objects, List.of());
        }

        Results results() {
            return new Results(NOWHERE, detections, List.of());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyCellOfTheTwin(boolean proposals) {
        TreeSet<Double> seen = new TreeSet<>();
        for (long seed = 0; seed < 12; seed++) {
            Sets sets = new Sets(seed);
            for (int threads : new int[] {1, 3}) {
                Cells cells = Evaluation.run(
                        sets.annotations(),
                        sets.results(),
                        new Settings(IouType.BBOX, proposals, Rules.SAFE, false, threads));
                int classes = proposals ? 1 : 3;
                assertEquals(classes, cells.categories().size());
                for (int k = 0; k < classes; k++) {
                    for (int a = 0; a < Axes.AREAS; a++) {
                        for (int m = 0; m < Axes.LIMITS; m++) {
                            for (int t = 0; t < Axes.IOUS; t++) {
                                double[] row = new double[Axes.RECALLS + 1];
                                for (int r = 0; r < Axes.RECALLS; r++) {
                                    row[r] = cells.precision(t, r, k, a, m);
                                }
                                row[Axes.RECALLS] = cells.recall(t, k, a, m);
                                assertArrayEquals(
                                        twin(sets, proposals ? -1 : 10L * k + 1, a, m, t),
                                        row,
                                        "seed " + seed + " cell " + k + " " + a + " " + m + " " + t);
                                seen.add(row[Axes.RECALLS]);
                            }
                        }
                    }
                }
            }
        }
        assertTrue(seen.size() > 20, "the sets are too plain: recalls " + seen);
    }

    /** Precisions at all recalls, and the recall, of one class, range, limit and overlap. */
    private static double[] twin(Sets sets, long category, int area, int limit, int iou) {
        List<double[]> all = new ArrayList<>();
        int positives = 0;
        for (Picture picture : sets.pictures) {
            List<Annotation> objects = new ArrayList<>();
            List<Detection> found = new ArrayList<>();
            for (Category each : sets.categories) {
                if (category < 0 || each.id() == category) {
                    sets.objects.stream()
                            .filter(o -> o.image() == picture.id() && o.category() == each.id())
                            .forEach(objects::add);
                    sets.detections.stream()
                            .filter(d -> d.image() == picture.id() && d.category() == each.id())
                            .forEach(found::add);
                }
            }
            found.sort(Comparator.comparingDouble(d -> -d.score()));
            objects.sort(Comparator.comparing(o -> ignored(o, area)));
            positives += (int) objects.stream().filter(o -> !ignored(o, area)).count();
            List<Annotation> taken = new ArrayList<>();
            for (Detection each : found.subList(0, Math.min(found.size(), 100))) {
                Annotation best = null;
                for (Annotation object : objects) {
                    boolean free = object.crowd() || !taken.contains(object);
                    boolean better = best == null
                            ? overlap(each, object) >= Math.min(iou * 0.05 + 0.5 - 1e-12, 1 - 1e-10)
                            : overlap(each, object) >= overlap(each, best);
                    boolean kept = best != null && !ignored(best, area) && ignored(object, area);
                    if (free && better && !kept) {
                        best = object;
                    }
                }
                boolean hit = best != null && best.id() != 0;
                boolean neither = best != null && ignored(best, area);
                if (best != null) {
                    taken.add(best);
                }
                neither |= !hit && outside(each.area(), area);
                if (found.indexOf(each) < new int[] {1, 10, 100}[limit]) {
                    all.add(new double[] {each.score(), neither ? 2 : hit ? 1 : 0});
                }
            }
        }
        double[] row = new double[Axes.RECALLS + 1];
        if (positives == 0) {
            java.util.Arrays.fill(row, -1);
            return row;
        }
        all.sort(Comparator.comparingDouble(d -> -d[0]));
        int hits = 0;
        int misses = 0;
        for (double[] each : all) {
            hits += each[1] == 1 ? 1 : 0;
            misses += each[1] == 0 ? 1 : 0;
            double recall = (double) hits / positives;
            double precision = hits / (misses + hits + Math.ulp(1.0));
            for (int r = 0; r < Axes.RECALLS; r++) {
                if (recall >= (r == 100 ? 1 : r * 0.01)) {
                    row[r] = Math.max(row[r], precision);
                }
            }
            row[Axes.RECALLS] = recall;
        }
        return row;
    }

    private static boolean outside(double area, int range) {
        double[] low = {0, 0, 32 * 32, 96 * 96};
        double[] high = {1e10, 32 * 32, 96 * 96, 1e10};
        return area < low[range] || area > high[range];
    }

    private static boolean ignored(Annotation object, int range) {
        return object.crowd() || outside(object.area(), range);
    }

    /** Counts the cells of a grid: the boxes have whole numbers. */
    private static double overlap(Detection detection, Annotation object) {
        Box d = detection.box();
        Box o = object.box();
        int both = 0;
        for (double x = d.x(); x < d.x() + d.width(); x++) {
            if (x >= o.x() && x < o.x() + o.width()) {
                both++;
            }
        }
        int rows = 0;
        for (double y = d.y(); y < d.y() + d.height(); y++) {
            if (y >= o.y() && y < o.y() + o.height()) {
                rows++;
            }
        }
        both *= rows;
        return both / (object.crowd() ? d.area() : d.area() + o.area() - both);
    }

    @Test
    void ordersAreStableWithWhatIsNoNumberLast() {
        double[] scores = {0.0, Double.NaN, 1, -0.0, Double.POSITIVE_INFINITY, 1, Double.NaN, -1};
        assertArrayEquals(new int[] {4, 2, 5, 0, 3, 7, 1, 6}, ByScore.order(scores));
        RandomStream random = SeedTree.root(3).at("order").stream();
        for (int n = 0; n < 70; n++) {
            double[] some = new double[n];
            List<Integer> expected = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                some[i] = random.nextInt(5);
                expected.add(i);
            }
            expected.sort(Comparator.comparingDouble(i -> -some[i]));
            assertArrayEquals(expected.stream().mapToInt(i -> i).toArray(), ByScore.order(some), "n " + n);
        }
    }
}
