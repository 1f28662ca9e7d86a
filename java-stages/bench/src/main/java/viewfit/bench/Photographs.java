package viewfit.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import viewfit.core.data.DamagedImage;
import viewfit.core.data.ManifestRow;
import viewfit.core.files.Hashes;
import viewfit.core.recipe.BlurRecipe;
import viewfit.core.recipe.JitterRecipe;
import viewfit.core.recipe.NormalizeRecipe;
import viewfit.core.recipe.RangeRecipe;
import viewfit.core.recipe.ViewGroup;
import viewfit.core.recipe.ViewKind;
import viewfit.core.recipe.ViewRecipe;
import viewfit.views.ImageDecoder;
import viewfit.views.Pixels;

/**
 * JPEG files of a folder and the views of the paper's recipes.
 *
 * @param root folder the paths are relative to
 * @param paths the files, in the order of their names
 */
record Photographs(Path root, List<String> paths) {
    Photographs {
        paths = List.copyOf(paths);
    }

    static Photographs in(Path root, int most) {
        try (Stream<Path> walk = Files.walk(root)) {
            List<String> paths = walk.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString().replace('\\', '/'))
                    .filter(path -> path.toLowerCase(Locale.ROOT).matches(".*\\.jpe?g"))
                    .filter(path -> whole(root.resolve(path)))
                    .sorted()
                    .toList();
            // Spread over the folder, so that few stand for all.
            int count = Math.min(most, paths.size());
            List<String> some = Stream.iterate(0, i -> i < count, i -> i + 1)
                    .map(i -> paths.get((int) ((long) i * paths.size() / count)))
                    .toList();
            return new Photographs(root, some);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Both sides read the same files, so that what either refuses is left out. */
    private static boolean whole(Path file) {
        try (ImageDecoder decoder = new ImageDecoder()) {
            decoder.decode(Files.readAllBytes(file), file.toString(), new Pixels());
            return true;
        } catch (DamagedImage e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<ManifestRow> rows() {
        return paths.stream()
                .map(path -> new ManifestRow(path, -1, 0, Hashes.sha256(root.resolve(path))))
                .toList();
    }

    long bytes() {
        return paths.stream()
                .mapToLong(path -> {
                    try {
                        return Files.size(root.resolve(path));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .sum();
    }

    /**
     * Two global views of 224 pixels and six local ones, with the strengths of DINO (recipes, section A.1.3).
     *
     * @param localSide side of the local views in pixels
     * @param split largest area of a local and smallest of a global view
     */
    static ViewRecipe views(int localSide, double split) {
        return new ViewRecipe(
                new RangeRecipe(3.0 / 4, 4.0 / 3),
                "bicubic",
                new NormalizeRecipe(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225)),
                List.of(
                        group(ViewKind.GLOBAL, 1, 224, split, 1, 1, 0),
                        group(ViewKind.GLOBAL, 1, 224, split, 1, 0.1, 0.2),
                        group(ViewKind.LOCAL, 6, localSide, 0.05, split, 0.5, 0)));
    }

    private static ViewGroup group(
            ViewKind kind, int count, int size, double low, double high, double blur, double solarize) {
        return new ViewGroup(
                kind,
                count,
                size,
                new RangeRecipe(low, high),
                0.5,
                new JitterRecipe(0.8, 0.4, 0.4, 0.2, 0.1),
                0.2,
                new BlurRecipe(blur, new RangeRecipe(0.1, 2)),
                solarize);
    }
}
