package viewfit.stages.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Classes;
import viewfit.core.data.Manifest;
import viewfit.core.data.Prediction;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;
import viewfit.core.metrics.Winner;
import viewfit.core.progress.ProgressLine;
import viewfit.core.recipe.ProbeRecipe;
import viewfit.core.select.Selector;
import viewfit.core.table.CsvAppender;
import viewfit.core.table.CsvTable;
import viewfit.engine.TorchRuntime;
import viewfit.eval.CentreCrops;
import viewfit.eval.CheckpointFile;
import viewfit.eval.ClassifierFile;
import viewfit.eval.EvalCurveRow;
import viewfit.eval.EvalMetrics;
import viewfit.eval.FastProbe;
import viewfit.eval.FastRate;
import viewfit.eval.FastScores;
import viewfit.eval.FeatureCache;
import viewfit.eval.FeatureMap;
import viewfit.eval.FeaturePoint;
import viewfit.eval.FrozenBackbone;
import viewfit.eval.KnnScores;
import viewfit.eval.LinearProbe;
import viewfit.eval.ProbeData;
import viewfit.eval.ProbeScores;
import viewfit.eval.Retrieval;
import viewfit.eval.Retrieved;

/** One run of the stage, once its inputs are read: what is scored, and which file it goes to. */
final class ProbeRun {
    static final CsvTable<EvalCurveRow> CURVE = CsvTable.of(EvalCurveRow.class, EvalCurveRow.PROBE_SCHEMA);
    static final CsvTable<FeaturePoint> MAP = CsvTable.of(FeaturePoint.class, FeaturePoint.SCHEMA);
    static final CsvTable<Retrieved> RETRIEVED = CsvTable.of(Retrieved.class, Retrieved.SCHEMA);
    static final CsvTable<FastRate> FAST = CsvTable.of(FastRate.class, FastRate.SCHEMA);

    private final Inputs in;
    private final Path out;
    private final Provenance provenance;
    private final Consumer<String> say;
    private final Runnable fonts;
    private final LinearProbe probe;
    private final EvalMetrics metrics = new EvalMetrics();
    private final List<String> message = new ArrayList<>();

    /**
     * What a run reads.
     *
     * @param heldout the manifest of the held-out images, and its checksum
     */
    record Inputs(
            TorchRuntime runtime,
            ProbeRecipe recipe,
            CheckpointFile checkpoint,
            ProbeData data,
            Manifest heldout,
            String heldoutSha256,
            Classes classes,
            FeatureCache cache) {}

    /** @param fonts throws {@link StageFailure} where there are none to draw with */
    ProbeRun(Inputs in, Path out, Provenance provenance, Consumer<String> say, Runnable fonts) {
        this.in = in;
        this.out = out;
        this.provenance = provenance;
        this.say = say;
        this.fonts = fonts;
        this.probe = new LinearProbe(in.runtime(), in.recipe(), in.data());
    }

    /**
     * Scores the networks and writes everything.
     *
     * @param backbones the pre-trained one and the untrained one
     * @param initial the untrained one with the batch-norm statistics as initialised
     */
    void run(String stage, String cell, List<FrozenBackbone> backbones, FrozenBackbone initial) throws IOException {
        ProbeData data = in.data();
        metrics.count("classes", data.classes())
                .count("train.images", data.trainImages())
                .count("heldout.images", data.heldoutImages())
                .count("knn.k", probe.neighbours());
        if (data.shortSide() > 0) {
            metrics.count(Selector.SHORT_SIDE, data.shortSide());
        }
        message.addAll(ProbeMessage.of(in.recipe(), in.checkpoint(), probe));
        Outcome outcome = Outcome.OK;
        List<String> words = message;
        try {
            CentreCrops.Listener progress = new ProgressLine("probe " + cell, 1)::images;
            List<CentreCrops> crops = CentreCrops.of(backbones, in.recipe(), data, in.cache(), progress);
            Consumer<KnnScores> floor = estimated -> addFloor(estimated, initial, progress);
            if (in.recipe().mode().equals("fast")) {
                neighbours(backbones, crops, floor);
            } else {
                linear(cell, backbones, crops, floor);
            }
            List<Winner> winners = probe.winners(backbones.get(0), crops.get(0));
            predictions(
                    "predictions-knn.csv",
                    Prediction.of(in.heldout(), winners),
                    Map.of("protocol", Prediction.KNN + ", k " + probe.neighbours()));
            fastBeside(crops);
            lookalikes(backbones.get(0), crops.get(0));
        } catch (StageFailure e) {
            // A result of its own for one cell of a sweep: the others go on, and the report shows it.
            if (e.exitCode() != ExitCode.DIVERGED) {
                Files.deleteIfExists(out.resolve("probe-curve.csv"));
                throw e;
            }
            outcome = Outcome.DIVERGED;
            words = List.of(String.valueOf(e.getMessage()));
            say.accept(words.get(0));
        }
        new Metrics(
                        Metrics.SCHEMA,
                        stage,
                        cell,
                        outcome,
                        String.join("; ", words),
                        metrics.values(),
                        metrics.counts(),
                        Map.of(Metrics.NETWORK, in.recipe().network(), Selector.EVAL_MANIFEST, in.heldoutSha256()),
                        provenance)
                .write(out.resolve("metrics.json"));
    }

    private Map<String, String> header() {
        return Map.of("provenance", provenance.toJson());
    }

    private void linear(
            String cell, List<FrozenBackbone> backbones, List<CentreCrops> crops, Consumer<KnnScores> floor) {
        metrics.count("epochs", in.recipe().epochs());
        try (CsvAppender<EvalCurveRow> curve = CURVE.appender(out.resolve("probe-curve.csv"), header())) {
            List<ProbeScores> scores = probe.run(
                    backbones, crops, new ProbeProgress(cell, in.recipe().epochs(), curve));
            ProbeScores trained = scores.get(0);
            predictions("predictions.csv", logits(trained.logits()), Map.of());
            Map<String, String> metadata = new TreeMap<>(header());
            metadata.put("mode", in.recipe().mode());
            ClassifierFile.write(out.resolve("probe.safetensors"), trained.weight(), trained.bias(), metadata);
            metrics.add("heldout.linear", trained.linear(), trained.best(), trained.bestEpoch());
            metrics.add("heldout.knn", trained.knn());
            if (scores.size() > 1) {
                ProbeScores untrained = scores.get(1);
                metrics.add("untrained.linear", untrained.linear(), untrained.best(), untrained.bestEpoch());
                floor.accept(untrained.knn());
            } else {
                message.add("untrained network: " + String.join("; ", probe.dropped()));
            }
        }
    }

    private void neighbours(List<FrozenBackbone> backbones, List<CentreCrops> crops, Consumer<KnnScores> floor) {
        metrics.add("heldout.knn", probe.knn(backbones.get(0), crops.get(0)));
        floor.accept(probe.knn(backbones.get(1), crops.get(1)));
    }

    /**
     * Adds the untrained network's neighbours. With batch norms the score is the higher one of two ways to state their statistics:
     * a floor is to be hard to beat.
     *
     * @param estimated scores with the statistics of training images
     */
    private void addFloor(KnnScores estimated, FrozenBackbone initial, CentreCrops.Listener progress) {
        if (in.checkpoint().backbone().batchNorms().isEmpty()) {
            metrics.add("untrained.knn", estimated);
            return;
        }
        CentreCrops crops = CentreCrops.of(List.of(initial), in.recipe(), in.data(), in.cache(), progress)
                .get(0);
        KnnScores initialised = probe.knn(initial, crops);
        metrics.add("untrained.knn", estimated.higher(initialised));
        boolean asInitialised =
                initialised.reported().top1() > estimated.reported().top1();
        message.add("untrained floor: batch-norm statistics " + (asInitialised ? "as initialised" : "estimated"));
    }

    /** Where there is another probe, one without a finite loss is told of and no more. */
    private void fastBeside(List<CentreCrops> crops) {
        try {
            fast(crops);
        } catch (StageFailure e) {
            if (e.exitCode() != ExitCode.DIVERGED || in.recipe().mode().equals("fast")) {
                throw e;
            }
            message.add(String.valueOf(e.getMessage()));
        }
    }

    /** The fast probe, under names of its own: it is another protocol than the linear one. */
    private void fast(List<CentreCrops> crops) {
        FastProbe fast =
                new FastProbe(in.runtime(), in.recipe().fast(), in.recipe().seed());
        FastScores trained = fast.run(crops.get(0), in.data());
        List<FastRate> rows = new ArrayList<>(trained.rows(EvalCurveRow.PRETRAINED));
        metrics.add("heldout.fast", trained.accuracy());
        message.add("fast probe: centre crops, rate " + trained.rate() + " of "
                + trained.rates().size() + ", chosen by a fifth of the training images" + edge(trained));
        try {
            FastScores floor = fast.run(crops.get(1), in.data());
            rows.addAll(floor.rows(EvalCurveRow.UNTRAINED));
            metrics.add("untrained.fast", floor.accuracy());
        } catch (StageFailure e) {
            if (e.exitCode() != ExitCode.DIVERGED) {
                throw e;
            }
            message.add("untrained network: " + e.getMessage());
        }
        FAST.write(out.resolve("probe-fast.csv"), header(), rows);
        predictions(
                "predictions-fast.csv",
                logits(trained.logits()),
                Map.of("protocol", Prediction.FAST + ", centre crops"));
    }

    /** What the pre-trained network takes for alike: tables, and pictures of them where this machine has fonts to draw with. */
    private void lookalikes(FrozenBackbone backbone, CentreCrops crops) {
        boolean draws = canDraw();
        Retrieval retrieval = Retrieval.of(in.runtime(), backbone, crops, in.data());
        RETRIEVED.write(out.resolve("retrieval.csv"), header(), retrieval.table());
        if (draws) {
            retrieval.draw(out.resolve("retrieval.png"), in.classes());
        }
        if (in.data().heldoutImages() < FeatureMap.FEWEST) {
            message.add("feature map: none of fewer than " + FeatureMap.FEWEST + " images");
            return;
        }
        FeatureMap map = FeatureMap.of(
                in.runtime(), backbone, crops, in.data(), in.recipe().seed());
        MAP.write(out.resolve("feature-map.csv"), header(), map.points());
        if (draws) {
            MapPicture.write(map, in.classes(), out);
        }
    }

    /**
     * Missing fonts are all that is forgiven here: they are the machine's, and the scores are worth more than the pictures. Any other
     * failure is one, as anywhere else.
     */
    private boolean canDraw() {
        try {
            fonts.run();
            return true;
        } catch (StageFailure e) {
            message.add("retrieval.png and feature-map.png, .svg are not drawn: " + e.getMessage());
            return false;
        }
    }

    /** A best rate that has no neighbour on one side may not be the best there is. */
    private static String edge(FastScores scores) {
        int last = scores.rates().size() - 1;
        return last > 0 && (scores.best() == 0 || scores.best() == last)
                ? " (the " + (scores.best() == 0 ? "lowest" : "highest") + " of fast.rates: try others beyond it)"
                : "";
    }

    private List<Prediction> logits(float[] logits) {
        return Prediction.of(in.heldout(), logits, in.data().classes());
    }

    /** The predictions' own provenance names the manifest of the images they are about. */
    private void predictions(String file, List<Prediction> rows, Map<String, String> more) {
        Provenance own = new Provenance(
                provenance.code(),
                provenance.recipeSha256(),
                in.heldoutSha256(),
                provenance.checkpointSha256(),
                provenance.engine(),
                provenance.device(),
                provenance.seed());
        Map<String, String> header = new TreeMap<>(more);
        header.put("provenance", own.toJson());
        Prediction.TABLE.write(out.resolve(file), header, rows);
    }
}
