package viewfit.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import viewfit.core.files.AtomicFiles;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;

/**
 * Invented scores of a sweep over the local size for two crop scales, three seeds each, with what its grid wants shown.
 * The last cell has no score.
 */
public final class FakeGrid {
    public static final List<Integer> SIZES = List.of(64, 80, 96, 103, 128);
    public static final List<String> SCALES = List.of("0.14", "0.3");
    public static final int SEEDS = 3;

    private final Path root;

    public FakeGrid(Path root) {
        this.root = root;
    }

    public static String cell(int size, String scale, int seed) {
        return "ours_size" + size + "_high" + scale + "_s" + seed;
    }

    /** Highest at 103 for the small crops and at 128 for the large ones. */
    public static double linear(int size, String scale, int seed) {
        double best = scale.equals("0.14") ? 103 : 128;
        return 0.66 - 0.00002 * (size - best) * (size - best) + 0.004 * (seed - 1) * (1 + size / 128.0);
    }

    /** By ratio of mean areas. */
    public static double ratio(int size, String scale) {
        double best = scale.equals("0.14") ? 101.4 : 126.6;
        return best * best / size / size;
    }

    public Path inputs() {
        return root.resolve("inputs");
    }

    /** Writes everything. */
    public FakeGrid write() {
        StringBuilder rows = new StringBuilder("# schema: cells/1\ncell,group,recipe,axes,seed,sha256\n");
        List<String> cells = new ArrayList<>();
        for (int size : SIZES) {
            for (String scale : SCALES) {
                for (int seed = 0; seed < SEEDS; seed++) {
                    String cell = cell(size, scale, seed);
                    cells.add('"' + cell + '"');
                    rows.append(String.join(
                                    ",",
                                    cell,
                                    cell.replaceFirst("_s\\d+$", ""),
                                    "ours.yml",
                                    "views.groups.2.size=" + size + ";views.groups.2.scale.high=" + scale,
                                    seed + "",
                                    Hashes.sha256(cell)))
                            .append('\n');
                    text("grid/cells/" + cell + ".yml", recipe(size, scale, seed));
                    if (size != 128 || !scale.equals("0.3") || seed < 2) {
                        probe(cell, linear(size, scale, seed), seed);
                    }
                }
                scales(size, scale);
            }
        }
        text("grid/cells.csv", rows.toString());
        text(
                "grid/shows.json",
                "{\"schema\":\"shows/1\",\"provenance\":{},\"shows\":["
                        + show(
                                "local-size",
                                "figure",
                                "views.groups.2.size",
                                "\"views.groups.2.scale.high\"",
                                "\"96\"",
                                cells)
                        + "," + show("crops", "table", "", "", "null", cells) + "]}\n");
        return this;
    }

    private static String show(String id, String kind, String x, String lines, String standard, List<String> cells) {
        return "{\"id\":\"" + id + "\",\"kind\":\"" + kind + "\",\"x\":\"" + x + "\",\"lines\":[" + lines
                + "],\"default\":"
                + standard + ",\"paper\":\"\",\"rows\":["
                + (kind.equals("table") ? "\"views.groups.2.size\",\"views.groups.2.scale.high\"" : "")
                + "],\"cells\":["
                + String.join(",", cells) + "]}";
    }

    private void probe(String cell, double linear, int seed) {
        new Metrics(
                        Metrics.SCHEMA,
                        "probe",
                        cell,
                        Outcome.OK,
                        "",
                        Map.of("heldout.linear.top1", linear, "heldout.knn.top1", linear - 0.1),
                        Map.of("heldout.images", 500L),
                        new Provenance("", "", "", "", "", "", seed))
                .write(inputs().resolve("probe/" + cell + "/metrics.json"));
    }

    private void scales(int size, String scale) {
        double ratio = ratio(size, scale);
        text(
                "views/" + cell(size, scale, 0) + "/pixel-scale.csv",
                "# schema: pixel-scale/1\n# provenance: {}\ngroup,estimator,global_side,local_side,pairs,global_area,"
                        + "local_area,ratio,standard_error,best_local_side,best_local_side_error,rounded_local_side\n"
                        + "2,mean of ratios,224," + size + ",2000,0.5,0.1," + 1.1 * ratio + ",0.01,110,0.2,110\n"
                        + "2,ratio of mean areas,224," + size + ",2000,0.5,0.1," + ratio + ",0.01,105,0.2,105\n");
    }

    private static String recipe(int size, String scale, int seed) {
        return "schema: pretrain/1\nname: ours\nseed: " + seed
                + "\nepochs: 200\nbackbone: {name: mobilenet_v2}\nmethod: {name: dino, alpha: 0.4}\nviews:\n  groups:\n"
                + "    - {kind: global, size: 224, scale: {low: 0.3, high: 1.0}}\n"
                + "    - {kind: global, size: 224, scale: {low: 0.3, high: 1.0}}\n"
                + "    - {kind: local, size: " + size + ", scale: {low: 0.05, high: " + scale + "}}\n";
    }

    private void text(String name, String text) {
        AtomicFiles.writeString(inputs().resolve(name), text);
    }
}
