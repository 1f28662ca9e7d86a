package viewfit.ssl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import viewfit.core.data.Manifest;
import viewfit.core.data.ManifestRow;
import viewfit.goldens.Goldens;

/** A few photographs of two classes to train on. */
final class TwoClasses {
    static final Path IMAGES = Goldens.testData("imagenette-mini").resolve("train");

    private TwoClasses() {}

    /** Images {@code from .. to-1} of the first two classes. */
    static Manifest manifest(int from, int to) {
        List<Path> classes = list(IMAGES);
        return new Manifest(
                IntStream.range(0, 2)
                        .boxed()
                        .flatMap(label -> list(classes.get(label)).subList(from, to).stream()
                                .map(file -> new ManifestRow(
                                        IMAGES.relativize(file).toString().replace('\\', '/'),
                                        label,
                                        file.toFile().length(),
                                        "0".repeat(64))))
                        .toList(),
                Map.of());
    }

    static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
