package viewfit.core.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

class MetricsTest {
    private static final Provenance FROM = new Provenance("0.1.0+x", "a", "b", "c", "PyTorch", "cpu", 7);

    @TempDir
    Path dir;

    private static Metrics metrics(Map<String, Double> values) {
        return new Metrics(
                "metrics/1", "probe", "ours_s0", Outcome.OK, "", values, Map.of("heldout.images", 100L), FROM);
    }

    @Test
    void readsBackWhatItWroteAndNamesItsSchemaFirst() throws IOException {
        Path file = dir.resolve("metrics.json");
        Metrics metrics = metrics(Map.of("heldout.linear.top1", 0.1 + 0.2, "heldout.knn.top1", 1.0));
        metrics.write(file);
        assertEquals(metrics, Metrics.read(file));
        String text = Files.readString(file);
        assertTrue(text.startsWith("{\n  \"schema\": \"metrics/1\",\n  \"stage\": \"probe\""), text);
        assertTrue(text.contains("\"recipe-sha256\": \"a\""), text);
        assertTrue(text.contains("\"outcome\": \"ok\""), text);
    }

    @Test
    void factsMayBeAbsent() throws IOException {
        Path file = dir.resolve("metrics.json");
        Map<String, String> facts = Map.of("eval.manifest-sha256", "d", "b", "e");
        Metrics metrics = new Metrics(
                "metrics/1", "probe", "", Outcome.OK, "", Map.of(), Map.of("heldout.images", 1L), facts, FROM);
        metrics.write(file);
        assertEquals(metrics, Metrics.read(file));
        assertEquals(
                List.of("b", "eval.manifest-sha256"),
                List.copyOf(Metrics.read(file).facts().keySet()));
        String text = Files.readString(file);
        Files.writeString(file, text.replaceFirst("(?s)  \"facts\": \\{.*?\\},\n", ""));
        assertEquals(Map.of(), Metrics.read(file).facts());
        Files.writeString(file, text.replace("\"d\"", "4"));
        assertThrows(StageFailure.class, () -> Metrics.read(file));
    }

    @Test
    void aScoreIsFinite() {
        assertThrows(IllegalArgumentException.class, () -> metrics(Map.of("x", Double.NaN)));
    }

    @Test
    void refusesWhatIsNotMetrics() throws IOException {
        Path file = dir.resolve("metrics.json");
        metrics(Map.of()).write(file);
        String good = Files.readString(file);
        for (String bad : new String[] {
            "",
            "{",
            "[]",
            good + "{}",
            good.replace("metrics/1", "metrics/2"),
            good.replace("\"ok\"", "\"fine\""),
            good.replace("\"cell\"", "\"zell\""),
            good.replace("100", "\"100\""),
            good.replace("\"seed\": 7", "\"seed\": null")
        }) {
            Files.writeString(file, bad);
            StageFailure e = assertThrows(StageFailure.class, () -> Metrics.read(file), bad);
            assertEquals(ExitCode.BAD_DATA, e.exitCode());
        }
        StageFailure e = assertThrows(StageFailure.class, () -> Metrics.read(dir.resolve("nowhere.json")));
        assertEquals(ExitCode.NO_INPUT, e.exitCode());
    }

    /** Maps of the JDK iterate in an order of the process; a file must not. */
    @Test
    void numbersOfADivergenceAreSortedByName() {
        Map<String, String> numbers = new LinkedHashMap<>();
        for (String name : List.of("lr", "loss", "feature-std", "weight-decay", "divergence")) {
            numbers.put(name, "NaN");
        }
        Divergence found =
                new Divergence(Divergence.SCHEMA, "c", 0, 3, List.of("a.jpg"), List.of(7), numbers, List.of(numbers));
        List<String> sorted = List.of("divergence", "feature-std", "loss", "lr", "weight-decay");
        assertEquals(sorted, List.copyOf(found.measures().keySet()));
        assertEquals(sorted, List.copyOf(found.before().get(0).keySet()));
        assertThrows(UnsupportedOperationException.class, () -> found.measures().clear());
    }
}
