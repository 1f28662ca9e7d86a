package viewfit.checks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.coco.Annotations;
import viewfit.coco.Cells;
import viewfit.coco.ClassScore;
import viewfit.coco.Evaluation;
import viewfit.coco.IouType;
import viewfit.coco.Results;
import viewfit.coco.Rules;
import viewfit.coco.Settings;
import viewfit.coco.Summary;

/** Damaged annotations and results, scored as the stage does; a flip inside a number gives another score, and passes. */
class DamagedCocoTest {
    @TempDir
    private Path folder;

    private static byte[] part(String pointer) throws IOException {
        String all = Files.readString(Repository.ROOT.resolve("test-data/goldens/coco/eval_0.json"));
        return new ObjectMapper().readTree(all).at(pointer).toString().getBytes(StandardCharsets.UTF_8);
    }

    private static Object score(Path annotations, Path results, IouType type, Rules rules) {
        Annotations truth = Annotations.read(annotations, type, rules);
        Results found = Results.read(results, type, rules);
        Cells cells = Evaluation.run(truth, found, new Settings(type, false, rules, false, 1));
        ClassScore.of(cells, truth, found);
        return Summary.of(cells);
    }

    @ParameterizedTest
    @CsvSource({"BBOX, SAFE", "BBOX, STRICT_REFERENCE", "SEGM, SAFE", "SEGM, STRICT_REFERENCE"})
    void annotations(IouType type, Rules rules) throws IOException {
        Path whole = Files.write(
                folder.resolve("whole.json"), part(type == IouType.BBOX ? "/bbox/results" : "/segm/results"));
        Fuzz.of(folder, "annotations.json", part("/gt"))
                .marks("{")
                .every(4)
                .run(file -> score(file, whole, type, rules));
    }

    @ParameterizedTest
    @CsvSource({"BBOX, SAFE", "BBOX, STRICT_REFERENCE", "SEGM, SAFE", "SEGM, STRICT_REFERENCE"})
    void results(IouType type, Rules rules) throws IOException {
        Path whole = Files.write(folder.resolve("whole.json"), part("/gt"));
        Fuzz.of(folder, "results.json", part(type == IouType.BBOX ? "/bbox/results" : "/segm/results"))
                .marks("{")
                .every(4)
                .run(file -> score(whole, file, type, rules));
    }
}
