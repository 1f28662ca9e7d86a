package viewfit.core.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import viewfit.core.data.Listing.Written;
import viewfit.core.images.ImageFiles;

/**
 * The HDF5 files of the paper's code: {@code train.h5} and, if there is one, {@code val.h5}, each with one group per class that
 * holds one array of bytes per image, the image file as it was. Without groups the images have no labels.
 */
final class HdfLayout {
    private static final List<String> ENDINGS = List.of(".h5", ".hdf5");

    private HdfLayout() {}

    /** Whether the folder has a training file. */
    static boolean in(Path root) {
        return ENDINGS.stream().anyMatch(ending -> Files.isRegularFile(root.resolve("train" + ending)));
    }

    /** Name of the training file of such a folder. */
    static String train(Path root) {
        return Files.isRegularFile(root.resolve("train" + ENDINGS.get(0)))
                ? "train" + ENDINGS.get(0)
                : "train" + ENDINGS.get(1);
    }

    /** The images of one file, and those of the validation file beside it. */
    static Listing list(ImageFiles files, String name) {
        Path file = files.root().resolve(name);
        String val = ImageFolder.valBeside(file);
        return Listing.of(file, images(files, name), val == null ? List.of() : images(files, val));
    }

    private static List<Written> images(ImageFiles files, String file) {
        return files.members(file).stream()
                .map(member -> {
                    String path = file + "/" + member;
                    int slash = member.indexOf('/');
                    return new Written(path, slash < 0 ? null : member.substring(0, slash), files.name(path));
                })
                .toList();
    }
}
