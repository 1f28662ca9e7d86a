package viewfit.core.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;
import viewfit.core.files.Hashes;
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
 */
public record ImageFolder(Classes classes, List<ManifestRow> train, List<ManifestRow> val) {
    private static final String IMAGES = "must be a JPEG, PNG, GIF or BMP image";

    public ImageFolder {
        train = List.copyOf(train);
        val = List.copyOf(val);
    }

    /**
     * Reads every image, checksums included.
     *
     * @param images a folder, a list, a tar or an HDF5 file
     * @throws StageFailure {@link ExitCode#NO_INPUT} without it, {@link ExitCode#BAD_DATA} for an empty class or
     *     a file that is no image or was cut off; the first problem in path order
     */
    public static ImageFolder scan(Path images) {
        ImageFiles files = ImageFiles.of(images);
        Listing listing = list(images, files);
        return new ImageFolder(listing.classes(), rows(files, listing.train()), rows(files, listing.val()));
    }

    /** The validation file beside a training file, as name without folders, or null. */
    static @Nullable String valBeside(Path train) {
        String name = AtomicFiles.name(train);
        String val = name.startsWith("train.") ? "val" + name.substring("train".length()) : "";
        return !val.isEmpty() && Files.isRegularFile(train.resolveSibling(val)) ? val : null;
    }

    private static Listing list(Path images, ImageFiles files) {
        String name = AtomicFiles.name(images);
        if (Files.isDirectory(images)) {
            if (FolderLayout.hasClasses(images)) {
                return FolderLayout.list(images);
            }
            if (HdfLayout.in(images)) {
                return HdfLayout.list(files, HdfLayout.train(images));
            }
            return TarLayout.in(images) ? TarLayout.list(files) : FolderLayout.list(images);
        }
        if (ImageFiles.isContainer(name)) {
            boolean tar = name.toLowerCase(Locale.ROOT).endsWith(".tar");
            return tar ? TarLayout.list(files, name) : HdfLayout.list(files, name);
        }
        if (ListLayout.named(name)) {
            return ListLayout.list(images);
        }
        throw new StageFailure(
                ExitCode.NO_INPUT,
                images + ": found a file: must be a folder of images, a list (.txt, .csv, .tsv), a .tar or an .h5");
    }

    /** Whether the images have classes. */
    public boolean labelled() {
        return classes.count() > 0;
    }

    /** One checksum for names, classes and contents of the whole tree. */
    public String sha256() {
        StringBuilder text = new StringBuilder();
        for (List<ManifestRow> part : List.of(train, val)) {
            part.forEach(row -> text.append(Manifest.TABLE.format(row)));
        }
        return Hashes.sha256(text.toString());
    }

    private static List<ManifestRow> rows(ImageFiles files, List<Listing.Entry> entries) {
        // Any order of work gives the same list; the first bad file in path order is the one that is named.
        List<Result> results = IntStream.range(0, entries.size())
                .parallel()
                .mapToObj(i -> read(files, entries.get(i)))
                .toList();
        for (Result result : results) {
            if (result.failure() != null) {
                throw result.failure();
            }
        }
        return results.stream()
                .map(Result::row)
                .flatMap(row -> row == null ? Stream.empty() : Stream.of(row))
                .toList();
    }

    private record Result(@Nullable ManifestRow row, @Nullable StageFailure failure) {}

    private static Result read(ImageFiles files, Listing.Entry entry) {
        try {
            byte[] bytes = files.read(entry.path());
            byte[] head = Arrays.copyOf(bytes, Math.min(bytes.length, ImageFormat.HEAD_BYTES));
            ImageFormat format = ImageFormat.of(head);
            if (format == null) {
                throw Listing.bad(files.name(entry.path()), ImageFormat.describe(head), IMAGES);
            }
            if (format == ImageFormat.JPEG && !JpegEnd.present(bytes)) {
                throw Listing.bad(files.name(entry.path()), "a JPEG that ends too early", "must be a whole image file");
            }
            return new Result(new ManifestRow(entry.path(), entry.label(), bytes.length, Hashes.sha256(bytes)), null);
        } catch (StageFailure e) {
            return new Result(null, e);
        }
    }
}
