package viewfit.core.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;
import viewfit.core.images.ImageFiles;

/**
 * The images of one data set, in byte-wise path order.
 *
 * <p>Layouts: a folder with one folder per class or none ({@link FolderLayout}), tar shards ({@link TarLayout}), HDF5 files
 * ({@link HdfLayout}), or a list of files ({@link ListLayout}). Of a folder with class folders, these are what counts. A file
 * named {@code train} has its validation set beside it, in a file named {@code val} with the same ending.
 *
 * @param classes names in byte-wise order, or numbers in theirs; none for images without labels
 * @param train images to divide
 * @param val images of the validation set; none without one
 * @param damaged images of both that were left out
 * @param sizes sides of the images to divide, in their order
 */
public record ImageFolder(
        Classes classes, List<ManifestRow> train, List<ManifestRow> val, Quarantine damaged, List<ImageSize> sizes) {
    public ImageFolder {
        train = ManifestRows.of(train);
        val = ManifestRows.of(val);
        sizes = Collections.unmodifiableList(sizes);
    }

    /**
     * Reads every image, checksums included.
     *
     * @param images a folder, a list, a tar or an HDF5 file
     * @param check tells images that can be used
     * @param policy what to do about the others
     * @param threads how many images are looked at side by side, from 1 on; plays no part in what is found
     * @throws StageFailure {@link ExitCode#NO_INPUT} without it, {@link ExitCode#BAD_DATA} for an empty class, damaged images
     *     that the policy does not allow, or a class without any other; the first problem in path order, without a look at
     *     those far behind it
     */
    public static ImageFolder scan(Path images, ImageCheck check, DamagePolicy policy, int threads) {
        ImageFiles files = ImageFiles.of(images);
        try (Workers workers = new Workers(threads)) {
            Listing listing = list(images, files, workers);
            int all = listing.train().size() + listing.val().size();
            Intake intake = new Intake(files, check, policy, all, workers);
            Intake.Taken train = intake.take(listing.train());
            Intake.Taken val = intake.take(listing.val());
            requireEveryClass(images, listing.classes(), train.rows());
            Quarantine damaged = new Quarantine(intake.damaged());
            return new ImageFolder(listing.classes(), train.rows(), val.rows(), damaged, train.sizes());
        }
    }

    /** The names of the images, before any of them is opened. */
    static Listing listing(Path images) {
        try (Workers workers = new Workers(1)) {
            return list(images, ImageFiles.of(images), workers);
        }
    }

    private static void requireEveryClass(Path images, Classes classes, List<ManifestRow> rows) {
        Set<Integer> seen = rows.stream().map(ManifestRow::label).collect(Collectors.toSet());
        for (int label = 0; label < classes.count(); label++) {
            if (!seen.contains(label)) {
                throw onlyDamaged(images + ", class " + classes.names().get(label));
            }
        }
        if (rows.isEmpty()) {
            throw onlyDamaged(images.toString());
        }
    }

    private static StageFailure onlyDamaged(String where) {
        return new StageFailure(
                ExitCode.BAD_DATA,
                where + ": found only damaged images: must hold at least one image that can be used");
    }

    /** The validation file beside a training file, as name without folders, or null. */
    static @Nullable String valBeside(Path train) {
        String name = AtomicFiles.name(train);
        String val = name.startsWith("train.") ? "val" + name.substring("train".length()) : "";
        return !val.isEmpty() && Files.isRegularFile(train.resolveSibling(val)) ? val : null;
    }

    private static Listing list(Path images, ImageFiles files, Workers workers) {
        String name = AtomicFiles.name(images);
        if (Files.isDirectory(images)) {
            if (FolderLayout.hasClasses(images)) {
                requireNoContainer(images);
                return FolderLayout.list(images);
            }
            if (HdfLayout.in(images)) {
                return HdfLayout.list(files, HdfLayout.train(images));
            }
            return TarLayout.in(images) ? TarLayout.list(files, workers) : FolderLayout.list(images);
        }
        if (ImageFiles.isContainer(name)) {
            boolean tar = name.toLowerCase(Locale.ROOT).endsWith(".tar");
            return tar ? TarLayout.list(files, name, workers) : HdfLayout.list(files, name);
        }
        if (ListLayout.named(name)) {
            return ListLayout.list(images);
        }
        throw new StageFailure(
                ExitCode.NO_INPUT,
                images + ": found a file: must be a folder of images, a list (.txt, .csv, .tsv), a .tar or an .h5");
    }

    /** Folders of any other kind beside shards would pass for classes. Beside {@code train/}, archives are leftovers. */
    private static void requireNoContainer(Path images) {
        if (Files.isDirectory(images.resolve("train"))) {
            return;
        }
        String container = HdfLayout.in(images) ? HdfLayout.train(images) : TarLayout.train(images);
        if (!container.isEmpty()) {
            throw Listing.bad(
                    images.toString(),
                    "the folder " + FolderLayout.firstClass(images) + " beside " + container,
                    "must be class folders or shards, not both: name one shard, or move the folders away");
        }
    }

    /** Whether the images have classes. */
    public boolean labelled() {
        return classes.count() > 0;
    }

    /** One checksum for names, classes and contents of the whole tree. */
    public String sha256() {
        return Manifest.TABLE.sha256(List.of(train, val));
    }
}
