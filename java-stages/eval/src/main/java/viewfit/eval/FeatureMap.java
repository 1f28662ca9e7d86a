package viewfit.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import viewfit.engine.TorchRuntime;

/**
 * Where held-out images lie to each other: the first two principal components of all, and t-SNE of up to a thousand, as many of each
 * class as there is room for, from their first fifty components.
 *
 * @param points in manifest order
 * @param shares variance on the first and second component as a share of all
 * @param placed images in the plane of t-SNE
 */
public record FeatureMap(List<FeaturePoint> points, List<Double> shares, int placed) {
    /** Least images for a map. */
    public static final int FEWEST = 4;

    /** Images in the plane of t-SNE at most: its work grows with their square. */
    static final int MOST = 1000;

    private static final int COMPONENTS = 50;
    private static final double PERPLEXITY = 30;
    private static final int ITERATIONS = 1000;

    public FeatureMap {
        points = List.copyOf(points);
        shares = List.copyOf(shares);
    }

    /**
     * Computes the map.
     *
     * @param data with at least {@link #FEWEST} held-out images
     */
    public static FeatureMap of(
            TorchRuntime runtime, FrozenBackbone backbone, CentreCrops crops, ProbeData data, long seed) {
        PrincipalAxes axes =
                PrincipalAxes.of(runtime, backbone.plain(crops.heldout()), backbone.plainWidth(), COMPONENTS);
        int[] chosen = chosen(data.heldoutLabels(), MOST);
        double[][] points = new double[chosen.length][axes.count()];
        for (int i = 0; i < chosen.length; i++) {
            for (int axis = 0; axis < axes.count(); axis++) {
                points[i][axis] = axes.score(chosen[i], axis);
            }
        }
        double[][] plane = new Tsne(PERPLEXITY, ITERATIONS, seed).place(points);
        List<FeaturePoint> all = new ArrayList<>();
        for (int i = 0, next = 0; i < data.heldoutImages(); i++) {
            boolean in = next < chosen.length && chosen[next] == i;
            double[] at = in ? plane[next++] : new double[] {Double.NaN, Double.NaN};
            all.add(new FeaturePoint(
                    data.heldout().row(i).path(),
                    data.heldoutLabels()[i],
                    axes.score(i, 0),
                    axes.count() > 1 ? axes.score(i, 1) : 0,
                    at[0],
                    at[1]));
        }
        return new FeatureMap(all, List.of(axes.shares()[0], axes.count() > 1 ? axes.shares()[1] : 0), chosen.length);
    }

    /** Up to {@code most} images, ascending: of every class the first, then the second, and so on. */
    static int[] chosen(int[] labels, int most) {
        if (labels.length <= most) {
            int[] all = new int[labels.length];
            Arrays.setAll(all, i -> i);
            return all;
        }
        TreeMap<Integer, Integer> seen = new TreeMap<>();
        List<int[]> turns = new ArrayList<>();
        for (int i = 0; i < labels.length; i++) {
            turns.add(new int[] {seen.merge(labels[i], 1, Integer::sum), labels[i], i});
        }
        return turns.stream()
                .sorted((a, b) -> a[0] != b[0] ? Integer.compare(a[0], b[0]) : Integer.compare(a[1], b[1]))
                .limit(most)
                .mapToInt(turn -> turn[2])
                .sorted()
                .toArray();
    }
}
