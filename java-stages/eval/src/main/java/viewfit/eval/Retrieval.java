package viewfit.eval;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.core.data.Classes;
import viewfit.core.metrics.Nearest;
import viewfit.engine.TorchRuntime;
import viewfit.views.RetrievalSheet;

/** Nearest training images of a few held-out ones: the first image of each of up to eight classes, spread over all. */
public final class Retrieval {
    private static final int QUERIES = 8;
    private static final int NEIGHBOURS = 8;

    private final Nearest nearest;
    private final ProbeData data;
    private final int[] queries;

    private Retrieval(Nearest nearest, ProbeData data) {
        this.nearest = nearest;
        this.data = data;
        this.queries = queries(data.heldoutLabels());
    }

    /** Takes the neighbours from the search that was made for the scores, where there was one for as many. */
    public static Retrieval of(TorchRuntime runtime, FrozenBackbone backbone, CentreCrops crops, ProbeData data) {
        return new Retrieval(crops.nearest(runtime, backbone, NEIGHBOURS), data);
    }

    /** What is on the sheet, row by row. */
    public List<Retrieved> table() {
        List<Retrieved> table = new ArrayList<>();
        for (int query : queries) {
            for (int n = 0; n < shown(); n++) {
                int row = nearest.row(query, n);
                table.add(new Retrieved(
                        data.heldout().row(query).path(),
                        data.heldoutLabels()[query],
                        n + 1,
                        data.train().row(row).path(),
                        data.trainLabels()[row],
                        nearest.cosine(query, n)));
            }
        }
        return table;
    }

    /** Draws the sheet. */
    public void draw(Path png, Classes classes) {
        List<RetrievalSheet.Row> rows = new ArrayList<>();
        for (int query : queries) {
            int label = data.heldoutLabels()[query];
            List<RetrievalSheet.Hit> hits = new ArrayList<>();
            for (int n = 0; n < shown(); n++) {
                int row = nearest.row(query, n);
                int found = data.trainLabels()[row];
                hits.add(new RetrievalSheet.Hit(
                        row, classes.names().get(found), nearest.cosine(query, n), found == label));
            }
            rows.add(new RetrievalSheet.Row(query, classes.names().get(label), hits));
        }
        RetrievalSheet.write(png, data.heldout(), data.train(), rows);
    }

    private int shown() {
        return Math.min(NEIGHBOURS, nearest.k());
    }

    /** The first image of each class there is; of more than eight classes every so many-th. */
    static int[] queries(int[] labels) {
        Map<Integer, Integer> first = new LinkedHashMap<>();
        for (int i = 0; i < labels.length; i++) {
            first.putIfAbsent(labels[i], i);
        }
        int[] classes =
                first.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
        int count = Math.min(QUERIES, classes.length);
        int[] queries = new int[count];
        Arrays.setAll(queries, q -> first.getOrDefault(classes[(int) ((long) q * classes.length / count)], 0));
        return queries;
    }
}
