package viewfit.coco;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The twelve numbers of one class; -1 where it has no object.
 *
 * @param category its identifier
 * @param objects true objects that are not of a crowd
 * @param crowds regions of crowds
 * @param detections results of this class
 */
public record ClassScore(
        long category,
        String name,
        long objects,
        long crowds,
        long detections,
        double ap,
        double ap50,
        double ap75,
        double apSmall,
        double apMedium,
        double apLarge,
        double ar1,
        double ar10,
        double ar100,
        double arSmall,
        double arMedium,
        double arLarge) {

    /** All classes of an evaluation, in its order. */
    public static List<ClassScore> of(Cells cells, Annotations annotations, Results results) {
        Map<Long, long[]> counts = new HashMap<>();
        boolean any = cells.categories().equals(List.of(Evaluation.ANY));
        for (Annotation each : annotations.objects()) {
            of(counts, any, each.category())[each.crowd() ? 1 : 0]++;
        }
        for (Detection each : results.detections()) {
            of(counts, any, each.category())[2]++;
        }
        List<ClassScore> scores = new ArrayList<>();
        for (int k = 0; k < cells.categories().size(); k++) {
            Category category = cells.categories().get(k);
            long[] count = of(counts, any, category.id());
            List<Double> s = Summary.of(cells, k);
            scores.add(new ClassScore(
                    category.id(),
                    category.name(),
                    count[0],
                    count[1],
                    count[2],
                    s.get(0),
                    s.get(1),
                    s.get(2),
                    s.get(3),
                    s.get(4),
                    s.get(5),
                    s.get(6),
                    s.get(7),
                    s.get(8),
                    s.get(9),
                    s.get(10),
                    s.get(11)));
        }
        return scores;
    }

    private static long[] of(Map<Long, long[]> counts, boolean any, long category) {
        return counts.computeIfAbsent(any ? Evaluation.ANY.id() : category, id -> new long[3]);
    }
}
