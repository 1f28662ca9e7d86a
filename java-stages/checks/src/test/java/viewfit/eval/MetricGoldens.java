package viewfit.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import viewfit.checks.GoldenCheck;
import viewfit.checks.GoldenTheme;
import viewfit.core.data.Prediction;
import viewfit.core.metrics.Nearest;
import viewfit.core.metrics.NeighbourVotes;
import viewfit.core.metrics.TopK;
import viewfit.engine.NeighbourSearch;
import viewfit.engine.TorchRuntime;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.Goldens;

/** Section 9: accuracy and weighted k-NN. */
public final class MetricGoldens implements GoldenTheme {
    private static final Pattern FIRST_ROWS = Pattern.compile("first (\\d+) rows");

    /** Relative, of votes; stands beside the arrays of votes and holds for those of the listed neighbours as well. */
    private static final double VOTES = 1e-4;

    @Override
    public Map<String, GoldenCheck> checks() {
        return Map.of("accuracy", MetricGoldens::accuracy, "knn", MetricGoldens::neighbours);
    }

    private static void accuracy(GoldenCase golden) {
        int classes = (int) golden.inputShape("logits")[1];
        int[] labels = ints(golden.get("labels"));
        float[] logits = golden.input("logits");
        Accuracy accuracy = Accuracy.of(logits, classes, labels);
        assertEquals(golden.get("top1_percent").asDouble(), 100 * accuracy.top1(), 1e-9, "top 1");
        assertEquals(golden.get("top5_percent").asDouble(), 100 * accuracy.top5(), 1e-9, "top 5");
        int[] best = ints(golden.get("argmax"));
        assertArrayEquals(best, Prediction.best(logits, classes));
        assertEquals(1, TopK.accuracy(logits, classes, best, 1));
    }

    private static void neighbours(GoldenCase golden) {
        float[] features = golden.floats(golden.get("features"));
        int[] labels = ints(golden.get("labels"));
        Knn knn = new Knn(
                golden.get("k").asInt(),
                golden.get("T").asDouble(),
                golden.get("classes").asInt(),
                features.length / labels.length);
        leaveOneOut(golden, knn, features, labels);
        split(golden, knn, features, labels);
    }

    private record Knn(int k, double temperature, int classes, int dim) {
        Neighbours neighbours() {
            return new Neighbours(k, List.of(k), temperature);
        }
    }

    private static void leaveOneOut(GoldenCase golden, Knn knn, float[] features, int[] labels) {
        JsonNode node = golden.get("leave_one_out");
        Nearest nearest;
        try (TorchRuntime runtime = TorchRuntime.open(Goldens.device(), 1)) {
            nearest = new NeighbourSearch(runtime, 30, 7).others(features, knn.dim, knn.k);
        }
        assertScores(node, knn.neighbours().score(nearest, labels, labels, knn.classes), "leave-one-out");
        assertNeighbours(
                golden,
                node,
                knn,
                features,
                nearest,
                labels,
                IntStream.range(0, labels.length).toArray());
        float[] expected = golden.expected("votes", node.get("votes")).values();
        double rtol = node.get("votes").get("rtol").asDouble();
        double atol = node.get("votes").get("atol").asDouble();
        for (int q = 0; q < labels.length; q++) {
            assertShares(
                    Arrays.copyOfRange(expected, q * knn.classes, (q + 1) * knn.classes),
                    votes(knn, nearest, q, labels),
                    rtol,
                    atol,
                    "query " + q);
        }
    }

    private static void split(GoldenCase golden, Knn knn, float[] features, int[] labels) {
        JsonNode node = golden.get("split");
        Matcher rows = FIRST_ROWS.matcher(node.get("train").asText());
        assertTrue(rows.matches(), "cannot read: " + node.get("train"));
        int train = Integer.parseInt(rows.group(1));
        int[] bankRows = IntStream.range(0, train).toArray();
        int[] queryRows = IntStream.range(train, labels.length).toArray();
        float[] bank = rows(features, knn.dim, bankRows);
        float[] queries = rows(features, knn.dim, queryRows);
        Nearest nearest;
        try (TorchRuntime runtime = TorchRuntime.open(Goldens.device(), 1)) {
            // Small pieces, so that lists are merged.
            nearest = new NeighbourSearch(runtime, 30, 7).find(bank, queries, knn.dim, knn.k);
        }
        int[] bankLabels = pick(labels, bankRows);
        assertScores(
                node, knn.neighbours().score(nearest, bankLabels, pick(labels, queryRows), knn.classes), "the split");
        assertNeighbours(golden, node, knn, features, nearest, labels, queryRows);
    }

    private static void assertScores(JsonNode node, KnnScores scores, String what) {
        Accuracy found = scores.reported();
        int ties = node.path("queries_whose_top5_depends_on_tie_breaking").asInt();
        assertEquals(node.get("top1").asDouble(), 100 * found.top1(), 1e-9, "top 1 of " + what);
        assertEquals(
                node.get("top5").asDouble(),
                100 * found.top5(),
                1e-9 + 100.0 * ties / found.images(),
                "top 5 of " + what);
    }

    /** The listed neighbours are ours, and they vote as ours do. Banks are the first rows, so that their numbers are those of all. */
    private static void assertNeighbours(
            GoldenCase golden,
            JsonNode node,
            Knn knn,
            float[] features,
            Nearest nearest,
            int[] labels,
            int... queries) {
        long[] near = golden.integers(node.get("neighbours"));
        int listed = (int) GoldenCase.longs(node.get("neighbours").get("shape"))[1];
        for (int q = 0; q < queries.length; q++) {
            for (int n = 0; n < knn.k; n++) {
                assertEquals(near[q * listed + n], nearest.row(q, n), "neighbour " + n + " of query " + queries[q]);
            }
            assertShares(
                    votesOf(
                            Arrays.copyOfRange(near, q * listed, (q + 1) * listed),
                            knn,
                            features,
                            labels,
                            rows(features, knn.dim, queries[q])),
                    votes(knn, nearest, q, labels),
                    VOTES,
                    0.01,
                    "neighbours of query " + queries[q]);
        }
    }

    private static float[] votes(Knn knn, Nearest nearest, int query, int[] labels) {
        return floats(new NeighbourVotes(knn.classes, knn.temperature).votes(nearest, query, labels, knn.k));
    }

    /** What the listed neighbours of a query would vote: ours are the same if their votes are. */
    private static float[] votesOf(long[] near, Knn knn, float[] features, int[] labels, float[] query) {
        float[] votes = new float[knn.classes];
        for (long n : near) {
            int neighbour = Math.toIntExact(n);
            double cosine = cosine(query, rows(features, knn.dim, neighbour));
            votes[labels[neighbour]] += (float) Math.exp(cosine / knn.temperature);
        }
        return votes;
    }

    private static double cosine(float[] a, float[] b) {
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int d = 0; d < a.length; d++) {
            dot += (double) a[d] * b[d];
            aa += (double) a[d] * a[d];
            bb += (double) b[d] * b[d];
        }
        return dot / Math.sqrt(aa * bb);
    }

    /** Our votes are scaled per query: put on the scale of the reference before they are compared. */
    private static void assertShares(float[] expected, float[] actual, double rtol, double atol, String where) {
        double scale = sum(expected) / sum(actual);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], scale * actual[i], atol + rtol * expected[i], where + " class " + i);
        }
    }

    private static float[] floats(double[] values) {
        float[] out = new float[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) values[i];
        }
        return out;
    }

    private static double sum(float[] values) {
        double sum = 0;
        for (float v : values) {
            sum += v;
        }
        return sum;
    }

    private static float[] rows(float[] all, int dim, int... which) {
        float[] out = new float[which.length * dim];
        for (int i = 0; i < which.length; i++) {
            System.arraycopy(all, which[i] * dim, out, i * dim, dim);
        }
        return out;
    }

    private static int[] pick(int[] all, int... which) {
        return Arrays.stream(which).map(i -> all[i]).toArray();
    }

    private static int[] ints(JsonNode node) {
        return Arrays.stream(GoldenCase.longs(node)).mapToInt(Math::toIntExact).toArray();
    }
}
