package viewfit.eval;

import java.nio.file.Path;
import viewfit.core.contract.ExitCode;
import viewfit.core.data.Classes;
import viewfit.core.data.Manifest;
import viewfit.core.files.Hashes;
import viewfit.core.recipe.TrainViewRecipe;
import viewfit.core.select.TestPermit;
import viewfit.views.ImageStore;
import viewfit.views.Images;

/** Labelled images of a probe or of a fine-tuning run. */
public final class ProbeData {
    /** Decoded images kept in memory: this share of the heap for each of the two sets. */
    private static final int CACHE_SHARE = 6;

    private final ImageStore train;
    private final int[] trainLabels;
    private final ImageStore heldout;
    private final int[] heldoutLabels;
    private final int classes;
    private final int threads;
    private final Source source;

    /** Which images these are; checksums are empty where nothing is known of them. */
    private record Source(String trainSha256, String heldoutSha256, int shortSide) {}

    /**
     * @param train images to fit on
     * @param trainLabels class of each
     * @param heldout images to score on
     * @param heldoutLabels class of each
     * @param classes number of classes
     * @param threads loader threads
     */
    public ProbeData(
            ImageStore train, int[] trainLabels, ImageStore heldout, int[] heldoutLabels, int classes, int threads) {
        this(train, trainLabels, heldout, heldoutLabels, classes, threads, new Source("", "", 0));
    }

    private ProbeData(
            ImageStore train,
            int[] trainLabels,
            ImageStore heldout,
            int[] heldoutLabels,
            int classes,
            int threads,
            Source source) {
        if (train.size() != trainLabels.length || heldout.size() != heldoutLabels.length) {
            throw new IllegalArgumentException(train.size() + " and " + heldout.size() + " images with "
                    + trainLabels.length + " and " + heldoutLabels.length + " labels: must agree");
        }
        this.train = train;
        this.trainLabels = trainLabels.clone();
        this.heldout = heldout;
        this.heldoutLabels = heldoutLabels.clone();
        this.classes = classes;
        this.threads = threads;
        this.source = source;
    }

    /** Random crops of training images in batches of at least two, if there are two, to take statistics from. */
    TrainImages crops(TrainViewRecipe views, long seed) {
        return new TrainImages(train, views, BatchNorms.BATCH, seed, 1, threads, true);
    }

    /**
     * Reads both manifests and the class list; images are read when they are needed.
     *
     * @throws StageFailure {@link ExitCode#NO_INPUT} for a missing file or folder, {@link ExitCode#BAD_DATA} for images
     *     without labels or with unknown ones
     */
    public static ProbeData read(Path train, Path heldout, Path classes, Path images, int threads) {
        return read(train, heldout, Manifest.read(heldout), classes, images, threads);
    }

    /**
     * The same with the test split in place of the held-out images.
     *
     * @param permit the selection that is to be tested
     * @throws StageFailure as {@link #read}
     */
    public static ProbeData readTest(Path train, Path test, Path classes, Path images, int threads, TestPermit permit) {
        return read(train, test, Manifest.readTest(test, permit), classes, images, threads);
    }

    private static ProbeData read(Path train, Path scored, Manifest score, Path classes, Path images, int threads) {
        Images source = Images.open(images);
        int count = Classes.read(classes).count();
        Manifest fit = Manifest.read(train);
        long cache = Runtime.getRuntime().maxMemory() / CACHE_SHARE;
        return new ProbeData(
                new ImageStore(source, fit.rows(), cache),
                Labels.of(fit, train.toString(), count),
                new ImageStore(source, score.rows(), cache),
                Labels.of(score, scored.toString(), count),
                count,
                threads,
                new Source(sha256(train, fit), sha256(scored, score), source.shortSide()));
    }

    /** Of the manifest, if it has the checksum of every image; empty otherwise. */
    private static String sha256(Path file, Manifest manifest) {
        return manifest.rows().stream().anyMatch(row -> row.sha256().isEmpty()) ? "" : Hashes.sha256(file);
    }

    /** Number of images to fit on. */
    public int trainImages() {
        return trainLabels.length;
    }

    /** Number of images to score on. */
    public int heldoutImages() {
        return heldoutLabels.length;
    }

    /** Number of classes. */
    public int classes() {
        return classes;
    }

    /** Checksum of the manifest that has the checksums of the training images; empty if there is none. */
    String trainSha256() {
        return source.trainSha256();
    }

    /** The same of the held-out images. */
    String heldoutSha256() {
        return source.heldoutSha256();
    }

    /** Length that larger pictures' short sides were shrunk to when they were packed, or 0. */
    public int shortSide() {
        return source.shortSide();
    }

    ImageStore train() {
        return train;
    }

    ImageStore heldout() {
        return heldout;
    }

    /** Shared, not to be changed. */
    int[] trainLabels() {
        return trainLabels;
    }

    /** Shared, not to be changed. */
    int[] heldoutLabels() {
        return heldoutLabels;
    }

    int threads() {
        return threads;
    }
}
