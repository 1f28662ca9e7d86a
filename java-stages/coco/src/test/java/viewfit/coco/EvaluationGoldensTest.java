package viewfit.coco;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import viewfit.core.files.Hashes;
import viewfit.goldens.Goldens;

/** Whole evaluations against pycocotools: the checksum of all precisions, that of all recalls, and the last bits of the means. */
class EvaluationGoldensTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    /** The golden sets, and those of other folders of the same form beside the repository. */
    static List<Path> sets() throws IOException {
        List<Path> sets = new ArrayList<>();
        Path beside = Goldens.testData("goldens").resolve("../../../shared/golden/coco");
        for (Path place : List.of(Goldens.coco().folder(), beside)) {
            if (Files.isDirectory(place)) {
                try (var files = Files.list(place)) {
                    files.filter(file -> file.getFileName().toString().matches("eval_.*\\.json"))
                            .sorted()
                            .forEach(sets::add);
                }
            }
        }
        assertTrue(sets.size() >= 4, "only " + sets);
        return sets;
    }

    @ParameterizedTest
    @MethodSource("sets")
    void cellsAndMeansAreThoseOfTheReference(Path set) throws IOException {
        JsonNode golden = JSON.readTree(set.toFile());
        Path truth = folder.resolve("annotations.json");
        JSON.writeValue(truth.toFile(), golden.get("gt"));
        for (IouType type : IouType.values()) {
            JsonNode part = golden.get(type.name().toLowerCase(Locale.ROOT));
            Path results = folder.resolve("results.json");
            JSON.writeValue(results.toFile(), part.get("results"));
            for (Rules rules : Rules.values()) {
                for (int threads : new int[] {1, 2, 7}) {
                    Cells cells = Evaluation.run(
                            Annotations.read(truth, type, rules),
                            Results.read(results, type, rules),
                            new Settings(type, false, rules, false, threads));
                    String where = set.getFileName() + " " + type + " " + rules + " " + threads;
                    assertEquals(
                            part.get("shape").get(2).asInt(), cells.categories().size(), where);
                    assertEquals(part.get("precision_sha256").asText(), sha256(cells.precisions()), where);
                    assertEquals(part.get("recall_sha256").asText(), sha256(cells.recalls()), where);
                    List<Double> stats = Summary.of(cells);
                    for (int i = 0; i < stats.size(); i++) {
                        assertEquals(
                                part.get("stats").get(i).asDouble(), stats.get(i), where + " " + Summary.NAMES.get(i));
                    }
                }
            }
        }
    }

    /** The set with the annotation 0, which a box finds: counting that changes the numbers, and for the better. */
    @Test
    void aMatchWithIdentifierZeroCountsIfAsked() throws IOException {
        JsonNode golden = Goldens.coco().json("eval_2.json");
        assertTrue(golden.get("has_id_zero").asBoolean());
        Path truth = folder.resolve("annotations.json");
        JSON.writeValue(truth.toFile(), golden.get("gt"));
        Path results = folder.resolve("results.json");
        JSON.writeValue(results.toFile(), golden.get("bbox").get("results"));
        Annotations annotations = Annotations.read(truth, IouType.BBOX, Rules.SAFE);
        Results found = Results.read(results, IouType.BBOX, Rules.SAFE);
        List<Double> reference =
                Summary.of(Evaluation.run(annotations, found, new Settings(IouType.BBOX, false, Rules.SAFE, false, 2)));
        List<Double> counted =
                Summary.of(Evaluation.run(annotations, found, new Settings(IouType.BBOX, false, Rules.SAFE, true, 2)));
        assertTrue(counted.get(8) > reference.get(8), counted + " " + reference);
    }

    static String sha256(double[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (double each : values) {
            bytes.putDouble(each);
        }
        return Hashes.sha256(bytes.array());
    }
}
