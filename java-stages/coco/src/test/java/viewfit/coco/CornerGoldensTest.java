package viewfit.coco;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.goldens.Goldens;

/**
 * Corners as pycocotools 2.0.11 takes them, with classes and without: every precision, recall and score. Those that are marked
 * strict are an error where rules are safe.
 */
class CornerGoldensTest {
    /** As Python writes and reads: with NaN. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
            .build();

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> corners() throws IOException {
        JsonNode cases = JSON.readTree(Goldens.coco().file("corners.json").toFile());
        assertTrue(cases.size() >= 44, "only " + cases.size());
        return StreamSupport.stream(cases.spliterator(), false)
                .map(golden -> DynamicTest.dynamicTest(
                        golden.get("name").asText() + " " + golden.get("type").asText() + " "
                                + golden.get("proposals").asBoolean(),
                        () -> check(golden)));
    }

    private void check(JsonNode golden) throws IOException {
        JSON.writeValue(folder.resolve("a.json").toFile(), golden.get("gt"));
        JSON.writeValue(folder.resolve("r.json").toFile(), golden.get("results"));
        IouType type = IouType.valueOf(golden.get("type").asText().toUpperCase(Locale.ROOT));
        boolean strict = golden.get("strict").asBoolean();
        compare(golden, run(golden, type, Rules.STRICT_REFERENCE));
        if (strict) {
            StageFailure failure = assertThrows(StageFailure.class, () -> run(golden, type, Rules.SAFE));
            assertEquals(ExitCode.BAD_DATA, failure.exitCode());
            assertEquals(1, String.valueOf(failure.getMessage()).lines().count());
        } else {
            compare(golden, run(golden, type, Rules.SAFE));
        }
    }

    private Cells run(JsonNode golden, IouType type, Rules rules) {
        boolean proposals = golden.get("proposals").asBoolean();
        Inputs inputs = Inputs.read(folder.resolve("a.json"), folder.resolve("r.json"), type, rules, 2);
        return Evaluation.run(inputs.annotations(), inputs.results(), new Settings(type, proposals, rules, false, 2));
    }

    private static void compare(JsonNode golden, Cells cells) {
        List<Double> expected = new ArrayList<>();
        golden.get("stats").forEach(each -> expected.add(each.asDouble()));
        assertEquals(expected, Summary.of(cells));
        assertEquals(golden.get("precision_sha256").asText(), EvaluationGoldensTest.sha256(cells.precisions()));
        assertEquals(golden.get("recall_sha256").asText(), EvaluationGoldensTest.sha256(cells.recalls()));
        assertEquals(golden.get("scores_sha256").asText(), EvaluationGoldensTest.sha256(cells.scores()));
    }
}
