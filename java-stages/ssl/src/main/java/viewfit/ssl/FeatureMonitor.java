package viewfit.ssl;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Manifest;
import viewfit.core.data.ManifestRow;
import viewfit.core.metrics.MonitorRow;
import viewfit.core.metrics.Nearest;
import viewfit.core.metrics.NeighbourVotes;
import viewfit.core.progress.ProgressLine;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.EvalViewRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.engine.NeighbourSearch;
import viewfit.engine.Network;
import viewfit.engine.Program;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.graph.Graph;
import viewfit.views.EvalLoader;
import viewfit.views.ImageStore;
import viewfit.views.Images;
import viewfit.views.LabelledBatch;
import viewfit.views.LoaderOptions;
import viewfit.views.StandIns;
import viewfit.views.ViewBlock;

/**
 * What the features of a run are worth so far: weighted k-NN accuracy of student and teacher backbones in evaluation
 * mode, by the exact search of the probe, and the spread of the student's features. Bank and queries are fixed subsets, so that
 * epochs compare. Where damaged images are skipped they are left out of the bank and counted; queries from the held-out images
 * must all be whole.
 */
final class FeatureMonitor implements AutoCloseable {
    /** Neighbours and temperature of the reference's monitor. */
    private static final int NEIGHBOURS = 20;

    private static final double TEMPERATURE = 0.07;
    /** Views of the ImageNet protocol: short side 256 for a crop of 224. */
    private static final double RESIZE = 256.0 / 224;

    private static final int BATCH = 64;
    private static final long CACHE_SHARE = 16;

    /**
     * [mean standard deviation per dimension of L2-normalised rows, mean cosine of two rows, effective rank]. The rank is the exponential of the
     * entropy of the normalised squared singular values of the centred rows (Roy and Vetterli 2007).
     */
    private static final String TEXT =
            """
            def features(self, x: Tensor, P: List[Tensor], B: List[Tensor]) -> Tensor:
              torch.set_grad_enabled(False)
              return self.backbone(x, P, B)
            def health(self, f: Tensor) -> Tensor:
              torch.set_grad_enabled(False)
              z = torch.div(f, torch.clamp_min(torch.norm(f, 2, [1], True), 1.0e-12))
              power = torch.pow(torch.linalg_svdvals(torch.sub(z, torch.mean(z, [0], True))), 2)
              p = torch.div(power, torch.clamp_min(torch.sum(power), 1.0e-30))
              rank = torch.exp(torch.neg(torch.sum(torch.mul(p, torch.log(torch.clamp_min(p, 1.0e-30))))))
              n = torch.size(z, 0)
              s = torch.sum(z, [0])
              cosine = torch.div(torch.sub(torch.sum(torch.mul(s, s)), n), torch.mul(n, torch.sub(n, 1)))
              return torch.stack([torch.mean(torch.std(z, [0], False)), cosine, rank])
            """;

    private final TorchRuntime runtime;
    private final RunControl control;
    private final ProgressLine progress;
    private final SslMethod method;
    private final Program program;
    private final int dim;
    private final Normalizer normalizer;
    private final EvalViewRecipe views;
    private final int workers;
    private final ImageStore bank;
    private final int[] bankRows;
    private final StandIns damaged;
    private final @Nullable ImageStore queries;

    /**
     * The bank is drawn from the training images; the queries from the held-out ones, without which every bank image asks all the
     * others.
     *
     * @param damaged whether damaged images may be left out of the bank, and their count
     * @param control may end a measurement, which changes nothing until it is done
     * @param progress is told of its images
     */
    FeatureMonitor(
            Trainer trainer,
            StandIns damaged,
            Pretrainer.Job job,
            Images images,
            RunControl control,
            ProgressLine progress) {
        this.control = control;
        this.progress = progress;
        Manifest train = job.train();
        Manifest heldout = job.heldout();
        PretrainRecipe recipe = trainer.recipe();
        this.runtime = trainer.runtime();
        this.method = trainer.method();
        this.workers = job.workers();
        Graph backbone = method.student().graph("backbone");
        this.dim = backbone.outputWidth();
        this.program = runtime.compile(runtime.script().evaluation(backbone, "backbone") + TEXT);
        this.normalizer = new Normalizer(runtime, recipe.views().normalize());
        int side = ViewBlock.of(recipe.views()).get(0).side();
        this.views = new EvalViewRecipe((int) Math.round(side * RESIZE), side);
        int most = recipe.monitor().knnImages();
        SeedTree seed = SeedTree.root(recipe.seed()).at("monitor");
        this.damaged = damaged;
        this.bankRows = subset(train.size(), most, seed.at("bank"));
        this.bank = store(
                images, Arrays.stream(bankRows).mapToObj(train.rows()::get).toList());
        this.queries = heldout == null ? null : store(images, subset(heldout.rows(), most, seed.at("queries")));
    }

    private static ImageStore store(Images images, List<ManifestRow> rows) {
        return new ImageStore(images, rows, Runtime.getRuntime().maxMemory() / CACHE_SHARE);
    }

    /** At most {@code most} rows, chosen by the seed alone, in manifest order. */
    static List<ManifestRow> subset(List<ManifestRow> rows, int most, SeedTree seed) {
        return rows.size() <= most
                ? rows
                : Arrays.stream(subset(rows.size(), most, seed))
                        .mapToObj(rows::get)
                        .toList();
    }

    private static int[] subset(int size, int most, SeedTree seed) {
        return size <= most
                ? IntStream.range(0, size).toArray()
                : Arrays.stream(seed.stream().permutation(size))
                        .limit(most)
                        .sorted()
                        .toArray();
    }

    /** Features of whole images, with their labels. */
    private static final class Features {
        private final float[] values;
        private final int[] labels;

        Features(float[] values, int[] labels) {
            this.values = values;
            this.labels = labels;
        }
    }

    /**
     * Measures the networks as they are. Accuracies are NaN for unlabelled images; all numbers are NaN when features are
     * not finite.
     *
     * @param epochs epochs finished
     */
    MonitorRow measure(int epochs, long steps) {
        Features student = features(method.student(), bank);
        float[] health = health(student.values);
        Network teacher = method.networks().get("teacher");
        return new MonitorRow(
                epochs,
                steps,
                knn(method.student(), student),
                teacher == null || min(student.labels) < 0 ? Double.NaN : knn(teacher, features(teacher, bank)),
                health[0],
                health[1],
                health[2],
                method.usedPrototypes());
    }

    private double knn(Network network, Features of) {
        float[] bankFeatures = of.values;
        int[] bankLabels = of.labels;
        int[] queryLabels = queries == null ? bankLabels : labels(queries);
        boolean labelled = min(bankLabels) >= 0 && min(queryLabels) >= 0;
        if (!labelled || bankLabels.length < 2 || !finite(bankFeatures)) {
            return Double.NaN;
        }
        float[] asked = queries == null ? null : features(network, queries).values;
        return asked == null || finite(asked)
                ? top1(new NeighbourSearch(runtime, this::searched), bankFeatures, bankLabels, asked, queryLabels, dim)
                : Double.NaN;
    }

    /** After the last piece a search is as good as done: what follows it asks again. */
    private void searched(String what, int rows, int all) {
        if (rows < all) {
            control.require();
        }
        progress.images("monitor, " + what, rows, all);
    }

    /**
     * Share of the queries whose class has the most votes of their neighbours in the bank.
     *
     * @param bank row-major [rows, width]
     * @param asked the same of the queries; null asks with each row of the bank for its others
     * @param labels class of each query
     */
    static double top1(
            NeighbourSearch search, float[] bank, int[] bankLabels, float @Nullable [] asked, int[] labels, int width) {
        Nearest nearest =
                asked == null ? search.others(bank, width, NEIGHBOURS) : search.find(bank, asked, width, NEIGHBOURS);
        int classes = Math.max(max(bankLabels), max(labels)) + 1;
        int[][] ranks = new NeighbourVotes(classes, TEMPERATURE).ranks(nearest, bankLabels, labels, nearest.k());
        return NeighbourVotes.accuracy(ranks, 0, 1);
    }

    /** Pooled features in evaluation mode, in manifest order: [images, dim]. */
    private Features features(Network network, ImageStore images) {
        float[] all = new float[Math.multiplyExact(images.size(), dim)];
        int[] labels = new int[images.size()];
        int count = 0;
        int passed = 0;
        StageFailure failure = null;
        boolean leavesOut = images == bank && damaged.skips();
        try (EvalLoader loader = new EvalLoader(images, views, new LoaderOptions(BATCH, 0, workers), leavesOut)) {
            while (loader.hasNext()) {
                control.require();
                LabelledBatch batch = loader.next();
                try (Scope scope = runtime.scope()) {
                    Tensor x = normalizer.images(scope, batch.data(), batch.size(), views.crop());
                    float[] some = runtime.floats(program.callOne(
                            scope, "features", x, network.parameters("backbone"), network.buffers("backbone")));
                    for (int i = 0; i < batch.size(); i++) {
                        StageFailure found = batch.damage(i);
                        if (found != null) {
                            damaged.count(bankRows[batch.image(i)], found);
                            failure = found;
                            continue;
                        }
                        System.arraycopy(some, i * dim, all, count * dim, dim);
                        labels[count++] = batch.label(i);
                    }
                    passed += batch.size();
                }
                progress.images(
                        "monitor, features of " + (images == bank ? "training" : "held-out") + " images",
                        passed,
                        images.size());
            }
        }
        if (count == 0 && failure != null) {
            throw failure;
        }
        return new Features(Arrays.copyOf(all, count * dim), Arrays.copyOf(labels, count));
    }

    private float[] health(float[] features) {
        if (!finite(features)) {
            return new float[] {Float.NaN, Float.NaN, Float.NaN};
        }
        try (Scope scope = runtime.scope()) {
            return runtime.floats(
                    program.callOne(scope, "health", runtime.tensor(scope, features, features.length / dim, dim)));
        }
    }

    private static boolean finite(float[] values) {
        for (float v : values) {
            if (!Float.isFinite(v)) {
                return false;
            }
        }
        return true;
    }

    private static int[] labels(ImageStore images) {
        int[] labels = new int[images.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = images.row(i).label();
        }
        return labels;
    }

    private static int max(int[] values) {
        return Arrays.stream(values).max().orElse(-1);
    }

    private static int min(int[] values) {
        return Arrays.stream(values).min().orElse(-1);
    }

    @Override
    public void close() {
        program.close();
    }
}
