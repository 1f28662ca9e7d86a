package viewfit.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import viewfit.core.metrics.CurveRow;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.MonitorRow;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.core.table.CsvTable;

/** Invented curves of the methods beside DINO: each has NaN where it measures nothing. */
final class FakeMethods {
    static final Map<String, String> BACKBONES =
            new TreeMap<>(Map.of("swav", "resnet18", "moco", "mobilenet_v2", "supervised", "vit_tiny"));
    private static final Map<String, Integer> CODES = Map.of("swav", 300, "moco", 4097, "supervised", 10);
    private static final Map<String, Long> WIDTHS = Map.of("swav", 512L, "moco", 1280L, "supervised", 192L);
    private static final double NONE = Double.NaN;
    private static final int EPOCH = FakeSweep.STEPS / 10;

    private FakeMethods() {}

    static String recipe(String method) {
        return "schema: pretrain/1\nname: " + method + "\nseed: 0\nepochs: 10\nbackbone: {name: "
                + BACKBONES.get(method) + "}\nmethod: {name: " + method + "}\n";
    }

    static void write(Path folder, String method, String cell, Provenance provenance) {
        Map<String, String> header = Map.of("provenance", provenance.toJson());
        RandomStream noise = SeedTree.root(7).at(method).stream();
        List<CurveRow> curve = new ArrayList<>();
        for (int s = 0; s < FakeSweep.STEPS; s++) {
            curve.add(row(method, s, noise));
        }
        CsvTable.of(CurveRow.class, CurveRow.SCHEMA).write(folder.resolve("curve.csv"), header, curve);
        List<MonitorRow> monitor = new ArrayList<>();
        boolean swav = method.equals("swav");
        boolean moco = method.equals("moco");
        for (int e = 0; e <= 10; e++) {
            double knn = 0.24 + 0.2 * (1 - Math.exp(-0.4 * e));
            double used = swav ? Math.min(1, 0.3 + 0.1 * e) * (e == 0 ? 0 : 1) : NONE;
            monitor.add(new MonitorRow(e, (long) EPOCH * e, knn, moco ? knn - 0.02 : NONE, 0.02, 0.4, 90, used));
        }
        CsvTable.of(MonitorRow.class, MonitorRow.SCHEMA).write(folder.resolve("monitor.csv"), header, monitor);
        new Metrics(
                        Metrics.SCHEMA,
                        "pretrain",
                        cell,
                        Outcome.OK,
                        "",
                        Map.of("loss.max", Math.log((double) CODES.get(method)), "images-per-second", 350.0),
                        Map.of("feature.dim", WIDTHS.get(method), "images", 8969L, "collapsed", 0L),
                        provenance)
                .write(folder.resolve("metrics.json"));
    }

    private static CurveRow row(String method, int step, RandomStream noise) {
        boolean swav = method.equals("swav");
        boolean moco = method.equals("moco");
        double t = (double) step / FakeSweep.STEPS;
        double lnK = Math.log((double) CODES.get(method));
        double loss = lnK * (1 - 0.4 * (1 - Math.exp(-3 * t))) + 0.05 * noise.nextGaussian();
        double entropy = lnK * (0.95 - 0.3 * t) + 0.02 * noise.nextGaussian();
        double top1 = Math.min(1, Math.max(0, (moco ? 0.9 : 0.15) * (1 - 0.5 * t) + 0.45 * t));
        return new CurveRow(
                step / EPOCH,
                step,
                loss,
                loss,
                method.equals("supervised") ? NONE : loss + 0.1,
                0.2 * Math.pow(0.1, (int) (3 * t)),
                1e-6,
                moco ? 0.999 : NONE,
                NONE,
                swav ? entropy : NONE,
                swav ? lnK - entropy : NONE,
                swav ? loss - entropy : NONE,
                NONE,
                (0.5 + 0.4 * t) / Math.sqrt((double) WIDTHS.get(method)) + 2e-4 * noise.nextGaussian(),
                0.8 - 0.5 * t + 0.01 * noise.nextGaussian(),
                2 - t,
                NONE,
                swav ? 40 + 200 * t + 5 * noise.nextGaussian() : NONE,
                swav ? NONE : top1,
                swav ? 2.3 - t : NONE,
                swav ? 0.1 + 0.3 * t + 0.02 * noise.nextGaussian() : NONE,
                350 + 10 * noise.nextGaussian(),
                0.02);
    }
}
