package viewfit.eval;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.core.data.Classes;
import viewfit.engine.TorchRuntime;
import viewfit.views.RetrievalSheet;

/** Nearest training images of a few held-out ones: the first image of each of up to eight classes, spread over all. */
public final class Retrieval {
    private static final int QUERIES = 8;
    private static final int NEIGHBOURS = 8;

    private Retrieval() {}

    /**
     * Draws the sheet.
     *
     * @return what is on it, row by row
     */
    public static List<Retrieved> write(
            Path png,
            TorchRuntime runtime,
            FrozenBackbone backbone,
            CentreCrops crops,
            ProbeData data,
            Classes classes) {
        int[] queries = queries(data.heldoutLabels());
        int width = backbone.plainWidth();
        float[] heldout = backbone.plain(crops.heldout());
        float[] asked = new float[queries.length * width];
        for (int q = 0; q < queries.length; q++) {
            System.arraycopy(heldout, queries[q] * width, asked, q * width, width);
        }
        Nearest nearest = new NeighbourSearch(runtime).find(backbone.plain(crops.train()), asked, width, NEIGHBOURS);
        List<RetrievalSheet.Row> rows = new ArrayList<>();
        List<Retrieved> table = new ArrayList<>();
        for (int q = 0; q < queries.length; q++) {
            int label = data.heldoutLabels()[queries[q]];
            List<RetrievalSheet.Hit> hits = new ArrayList<>();
            for (int n = 0; n < nearest.k(); n++) {
                int row = nearest.row(q, n);
                int found = data.trainLabels()[row];
                hits.add(new RetrievalSheet.Hit(row, classes.names().get(found), nearest.cosine(q, n), found == label));
                table.add(new Retrieved(
                        data.heldout().row(queries[q]).path(),
                        label,
                        n + 1,
                        data.train().row(row).path(),
                        found,
                        nearest.cosine(q, n)));
            }
            rows.add(new RetrievalSheet.Row(queries[q], classes.names().get(label), hits));
        }
        RetrievalSheet.write(png, data.heldout(), data.train(), rows);
        return table;
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
