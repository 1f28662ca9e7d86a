package viewfit.formats;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.checks.Fuzz;

/** Damaged files of weights. Their values have no checksum but in zip files, so a flip among them passes. */
class DamagedWeightsTest {
    private static final Path GIVEN =
            Path.of(System.getProperty("viewfit.root", "../..")).resolve("test-data/goldens/coco");

    @TempDir
    private Path folder;

    private static Path written(Path file) {
        List<Tensor> tensors = List.of(
                Tensor.f32("features.0.weight", new long[] {4, 3, 2, 2}, new float[48]),
                Tensor.f32("features.0.bias", new long[] {4}, 1, 2, 3, 4),
                Tensor.i64("features.1.num_batches_tracked", new long[0], 7),
                Tensor.f32("empty", new long[] {0, 5}));
        Safetensors.write(file, tensors, Map.of("format", "pt", "note", "zwei Sätze"));
        return file;
    }

    @Test
    void safetensors() throws IOException {
        Path whole = written(folder.resolve("model.safetensors"));
        byte[] bytes = Files.readAllBytes(whole);
        int header = (bytes[0] & 0xff) | ((bytes[1] & 0xff) << 8);
        Fuzz.of(folder, whole).borders(8, 8 + header).run(file -> {
            Safetensors.read(file).tensors().values().forEach(Tensor::byteCount);
            return "read";
        });
    }

    /** Files of torch itself, of the zip form with its borders, and of the older one; and safetensors by content. */
    @ParameterizedTest
    @CsvSource({"tiny_zip.pth, PK", "tiny_legacy.pth, storage", "tiny.safetensors, {"})
    void weightFiles(String name, String mark) {
        // The budget of a torch file is 64 MiB and twice its size.
        Fuzz.of(folder, GIVEN.resolve(name)).marks(mark).most(80L << 20).run(file -> {
            WeightFile weights = WeightFile.open(file);
            for (String dictionary : weights.dictionaries()) {
                weights.tensors(dictionary).values().forEach(Tensor::byteCount);
            }
            return "read";
        });
    }

    @Test
    void pickles() throws IOException {
        Path whole = folder.resolve("backbone.pkl");
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("stem.conv1.weight", Tensor.f32("", new long[] {2, 3}, 1, 2, 3, 4, 5, 6));
        model.put("stem.conv1.norm", Tensor.i64("", new long[] {2}, 1, 2));
        try (var out = Files.newOutputStream(whole)) {
            new PickleWriter(out).write(Map.of("model", model, "matching_heuristics", true));
        }
        Fuzz.of(folder, whole).marks("numpy").run(PickleReader::read);
    }
}
