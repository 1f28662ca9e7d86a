package viewfit.report;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import viewfit.core.data.Prediction;
import viewfit.core.files.AtomicFiles;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.CurveRow;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.MonitorRow;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.core.table.CsvTable;

/**
 * Invented but realistic results of a sweep, in the folders the workflow stages: two recipes by two seeds that end well,
 * a third recipe whose one seed diverges and whose other seed leaves nothing; if asked, one cell of each other method.
 */
public final class FakeSweep {

    public static final String BASELINE = "dino-baseline";
    public static final String OURS = "dino-ours";
    public static final String HOT = "dino-hot";
    public static final String MESSAGE = "step 41: loss is NaN: <must> be finite & \"small\"";
    static final int STEPS = 720;
    static final int OUT_DIM = 1024;

    private final Path root;
    private final List<String> others;

    /** DINO alone. */
    public FakeSweep(Path root) {
        this(root, List.of());
    }

    private FakeSweep(Path root, List<String> others) {
        this.root = root;
        this.others = others;
    }

    /** DINO with one cell each of SwAV, MoCo and supervised training. */
    public static FakeSweep ofAllMethods(Path root) {
        return new FakeSweep(root, List.copyOf(FakeMethods.BACKBONES.keySet()));
    }

    public static String cell(String recipe, long seed) {
        return recipe + "-s" + seed;
    }

    /** The one place the invented accuracies come from. */
    public static double linear(String recipe, long seed) {
        return (recipe.equals(OURS) ? 0.634 : 0.611) + 0.0137 * seed;
    }

    public static double untrained(long seed) {
        return 0.402 + 0.011 * seed;
    }

    /** Writes everything; returns the table of cells. */
    public Path write() {
        StringBuilder cells = new StringBuilder("# schema: cells/1\ncell,group,recipe,axes,seed,sha256\n");
        for (String recipe : List.of(BASELINE, OURS, HOT)) {
            for (long seed = 0; seed < 2; seed++) {
                cells.append(String.join(
                        ",", cell(recipe, seed), recipe, recipe, "", Long.toString(seed), sha(recipe + seed)));
                cells.append('\n');
                text(root.resolve("inputs/cells/" + cell(recipe, seed) + ".yml"), recipe(recipe, seed));
            }
        }
        for (String recipe : List.of(BASELINE, OURS)) {
            for (long seed = 0; seed < 2; seed++) {
                pretrain(recipe, seed, STEPS, Outcome.OK, "");
                probe(recipe, seed);
                finetune(recipe, seed, "1pct", 0.31);
                finetune(recipe, seed, "10pct", 0.52);
                text(
                        root.resolve("inputs/coco-export/" + cell(recipe, seed) + "/export/manifest.json"),
                        "{\"schema\":\"export/2\",\"cell\":\"" + cell(recipe, seed) + "\"}\n");
            }
        }
        for (String method : others) {
            String cell = cell(method, 0);
            cells.append(String.join(",", cell, method, method, "", "0", sha(method + 0)))
                    .append('\n');
            text(root.resolve("inputs/cells/" + cell + ".yml"), FakeMethods.recipe(method));
            FakeMethods.write(root.resolve("inputs/pretrain/" + cell), method, cell, provenance(method, 0, false));
            probe(method, 0);
        }
        pretrain(HOT, 0, 41, Outcome.DIVERGED, MESSAGE);
        text(
                root.resolve("inputs/pretrain/" + cell(HOT, 0) + "/diverged.json"),
                "{\"schema\":\"divergence/1\",\"cell\":\"" + cell(HOT, 0) + "\",\"epoch\":0,\"step\":41}\n");
        text(
                root.resolve("inputs/split/split.json"),
                "{\"schema\":\"split/1\",\"counts\":{\"train\":8969,\"heldout\":500,\"test\":3925,"
                        + "\"labels-1pct\":90,\"labels-10pct\":897}}\n");
        text(
                root.resolve("inputs/failed.csv"),
                "# schema: failed/1\n# provenance: {}\nstage,cell,part,exit,reason\npretrain," + cell(HOT, 1)
                        + ",,,\"ended without an exit code: killed, or the <node> was lost\"\nfinetune," + cell(OURS, 0)
                        + ",5pct,137,\"killed, said \"\"no\"\"\"\n");
        Path table = root.resolve("cells.csv");
        text(table, cells.toString());
        return table;
    }

    public Path inputs() {
        return root.resolve("inputs");
    }

    private static String sha(String text) {
        return Hashes.sha256(text);
    }

    private static Provenance provenance(String recipe, long seed, boolean checkpoint) {
        return new Provenance(
                "0.1.0+3f9c2a7",
                sha(recipe + seed),
                sha("manifest"),
                checkpoint ? sha("checkpoint" + recipe + seed) : "",
                "PyTorch 2.7.1",
                "cpu, 2 threads",
                seed);
    }

    private void pretrain(String recipe, long seed, int steps, Outcome outcome, String message) {
        Path folder = root.resolve("inputs/pretrain/" + cell(recipe, seed));
        Provenance provenance = provenance(recipe, seed, false);
        boolean collapsed = cell(recipe, seed).equals("dino-baseline-s1");
        Map<String, String> header = Map.of("provenance", provenance.toJson());
        RandomStream noise = SeedTree.root(seed).at(recipe).stream();
        List<CurveRow> curve = new ArrayList<>();
        double lnK = Math.log(OUT_DIM);
        for (int s = 0; s < steps; s++) {
            double t = (double) s / STEPS;
            double depth = recipe.equals(OURS) ? 2.6 : 2.2;
            double loss = lnK - depth * (1 - Math.exp(-3.2 * t)) + 0.09 * noise.nextGaussian();
            double lr = s < 72 ? 0.24 * s / 72 : 0.12 * (1 + Math.cos(Math.PI * (s - 72) / (STEPS - 72.0)));
            double entropy = outcome == Outcome.OK ? lnK - 1.9 * t - 0.4 * Math.sqrt(t) : lnK * (1 - 1.2 * t);
            curve.add(new CurveRow(
                    s / 72,
                    s,
                    outcome == Outcome.OK ? loss : lnK + 0.0009 * s * s + 0.3 * noise.nextGaussian(),
                    loss,
                    loss,
                    lr,
                    1e-6,
                    0.99 + 0.01 * t,
                    0.04,
                    entropy + 0.03 * noise.nextGaussian(),
                    lnK - entropy,
                    loss - entropy,
                    0.5 * t,
                    0.0279 * (0.55 + 0.4 * (1 - Math.exp(-5 * t))) + 2e-4 * noise.nextGaussian(),
                    0.1,
                    1,
                    3 * t,
                    Double.NaN,
                    Double.NaN,
                    Double.NaN,
                    Double.NaN,
                    412 + 30 * Math.sin(s / 40.0) + 8 * noise.nextGaussian(),
                    0.02));
        }
        CsvTable.of(CurveRow.class, CurveRow.SCHEMA).write(folder.resolve("curve.csv"), header, curve);
        List<MonitorRow> monitor = new ArrayList<>();
        for (int e = 0; e <= steps / 72; e++) {
            double knn = 0.262 + 0.01 * seed + (recipe.equals(OURS) ? 0.29 : 0.26) * (1 - Math.exp(-0.4 * e));
            monitor.add(new MonitorRow(e, 72L * e, knn - 0.01, knn, 0.02, 0.1, 120, Double.NaN));
        }
        CsvTable.of(MonitorRow.class, MonitorRow.SCHEMA).write(folder.resolve("monitor.csv"), header, monitor);
        views(folder, recipe, provenance);
        new Metrics(
                        Metrics.SCHEMA,
                        "pretrain",
                        cell(recipe, seed),
                        outcome,
                        collapsed ? "teacher entropy at ln K" : message,
                        Map.of(
                                "loss",
                                4.5,
                                "images-per-second",
                                397.2,
                                "data-wait-share",
                                0.025,
                                "wall-seconds",
                                4321.5),
                        Map.of(
                                "feature.dim",
                                1280L,
                                "images",
                                8969L,
                                "steps",
                                (long) steps,
                                "collapsed",
                                collapsed ? 1L : 0L),
                        provenance)
                .write(folder.resolve("metrics.json"));
    }

    private void probe(String recipe, long seed) {
        double linear = linear(recipe, seed);
        new Metrics(
                        Metrics.SCHEMA,
                        "probe",
                        cell(recipe, seed),
                        Outcome.OK,
                        "",
                        Map.of(
                                "heldout.linear.top1",
                                linear,
                                "heldout.linear.top5",
                                0.94,
                                "heldout.knn.top1",
                                linear - 0.061,
                                "heldout.knn.top5",
                                0.9,
                                "untrained.linear.top1",
                                untrained(seed),
                                "untrained.linear.top5",
                                0.83,
                                "untrained.knn.top1",
                                untrained(seed) - 0.13,
                                "untrained.knn.top5",
                                0.74),
                        Map.of("classes", 10L, "heldout.images", 500L),
                        provenance(recipe, seed, true))
                .write(root.resolve("inputs/probe/" + cell(recipe, seed) + "/metrics.json"));
        predictions(recipe, seed);
    }

    /** Easy and hard images are so for both recipes, as they are in earnest. */
    private void predictions(String recipe, long seed) {
        Provenance probe = new Provenance("0.1.0+3f9c2a7", sha("probe"), sha("heldout"), "", "", "", 0);
        List<Prediction> rows = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            double hard = SeedTree.root(11).at("images").at(i).stream().nextDouble();
            double luck = SeedTree.root(seed).at(recipe).at(i).stream().nextGaussian();
            boolean right = hard + 0.08 * luck < linear(recipe, seed);
            rows.add(new Prediction("val/" + i + ".jpg", i % 10, (right ? i : i + 1) % 10, 0.5));
        }
        Prediction.TABLE.write(
                root.resolve("inputs/probe/" + cell(recipe, seed) + "/predictions.csv"),
                Map.of("provenance", probe.toJson()),
                rows);
    }

    private void finetune(String recipe, long seed, String fraction, double base) {
        new Metrics(
                        Metrics.SCHEMA,
                        "finetune",
                        cell(recipe, seed),
                        Outcome.OK,
                        "",
                        Map.of("heldout.top1", base + linear(recipe, seed) - 0.6, "heldout.top5", 0.8),
                        Map.of("heldout.images", 500L),
                        provenance(recipe, seed, true))
                .write(root.resolve("inputs/finetune/" + cell(recipe, seed) + "." + fraction + "/metrics.json"));
    }

    private void views(Path folder, String recipe, Provenance provenance) {
        int local = recipe.equals(OURS) ? 36 : 28;
        StringBuilder rows = new StringBuilder(
                "# schema: views/1\n# provenance: " + provenance.toJson() + "\nimage,view,kind,size,pixel_scale\n");
        for (int i = 0; i < 8; i++) {
            double g = 0.31 + 0.02 * i;
            rows.append(i).append(",0,global,64,").append(g).append('\n');
            rows.append(i)
                    .append(",2,local,")
                    .append(local)
                    .append(',')
                    .append(g * 1.05)
                    .append('\n');
        }
        text(folder.resolve("views.csv"), rows.toString());
        BufferedImage sheet = new BufferedImage(1040, 280, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = sheet.createGraphics();
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        for (int y = 0; y < 2; y++) {
            for (int x = 0; x < 8; x++) {
                int side = x < 2 ? 128 : 2 * local;
                g.setColor(Color.getHSBColor(0.11f * x + 0.2f * y, 0.35f, 0.8f));
                g.fillRect(4 + 130 * x, 4 + 138 * y, side, side);
            }
        }
        g.dispose();
        try {
            Files.createDirectories(folder);
            ImageIO.write(sheet, "png", folder.resolve("views.png").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String recipe(String name, long seed) {
        boolean ours = name.equals(OURS);
        return "schema: pretrain/1\nname: " + name + "\nseed: " + seed
                + "\nepochs: 10\nbatch-size: 64\nbackbone: {name: mobilenet_v2}\nmethod:\n  name: dino\n  alpha: "
                + (ours ? "0.4" : name.equals(HOT) ? "0.2" : "0.142857") + "\n  head: {out-dim: " + OUT_DIM
                + "}\nviews:\n  groups:\n"
                + "    - {kind: global, count: 2, size: 64, scale: {low: " + (ours ? "0.3" : "0.14") + ", high: 1.0}}\n"
                + "    - {kind: local, count: 6, size: " + (ours ? 36 : 28) + ", scale: {low: 0.05, high: "
                + (ours ? "0.3" : "0.14") + "}}\noptimizer: {name: lars, lr: " + (name.equals(HOT) ? "48.0" : "0.48")
                + "}\n";
    }

    static void text(Path file, String text) {
        AtomicFiles.writeString(file, text);
    }
}
