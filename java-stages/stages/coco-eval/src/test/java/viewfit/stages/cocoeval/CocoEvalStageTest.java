package viewfit.stages.cocoeval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.cli.StageMain;
import viewfit.goldens.Goldens;

class CocoEvalStageTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TRUTH =
            "{\"images\":[{\"id\":1,\"height\":20,\"width\":30}],\"categories\":[{\"id\":4,\"name\":\"a, b\"}],"
                    + "\"annotations\":[{\"id\":1,\"image_id\":1,\"category_id\":4,\"area\":80,\"iscrowd\":0,"
                    + "\"bbox\":[2,2,10,8],\"segmentation\":[[2,2,12,2,12,10,2,10]]}]}";
    private static final String FOUND = "[{\"image_id\":1,\"category_id\":4,\"score\":0.5,\"bbox\":[2,2,10,8]}]";

    @TempDir
    Path folder;

    private StringWriter err = new StringWriter();

    private int run(Object... args) {
        err = new StringWriter();
        List<String> all = new ArrayList<>();
        for (Object each : args) {
            all.add(each.toString());
        }
        return StageMain.execute(
                new CocoEvalStage(),
                new PrintWriter(new StringWriter()),
                new PrintWriter(err, true),
                all.toArray(String[]::new));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static Set<String> names(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    @ParameterizedTest
    @CsvSource({"eval_0,bbox", "eval_1,segm", "eval_2,bbox", "eval_2,segm"})
    void statsAreThoseOfTheReferenceAndBytesDoNotDependOnThreads(String set, String type) throws IOException {
        JsonNode golden = Goldens.coco().json(set + ".json");
        Path truth = write("a.json", golden.get("gt").toString());
        Path found = write("r.json", golden.get(type).get("results").toString());
        for (int threads : new int[] {1, 5}) {
            Path out = folder.resolve("out" + threads);
            assertEquals(
                    0,
                    run("--annotations", truth, "--results", found, "--type", type, "--threads", threads, "--out", out),
                    err::toString);
            assertEquals(
                    Set.of(
                            "coco-eval.json",
                            "coco-classes.csv",
                            "coco-curves.csv",
                            "coco-curves.png",
                            "coco-curves.svg"),
                    names(out));
        }
        for (String name : names(folder.resolve("out1"))) {
            assertArrayEquals(
                    Files.readAllBytes(folder.resolve("out1").resolve(name)),
                    Files.readAllBytes(folder.resolve("out5").resolve(name)),
                    name);
        }
        JsonNode written = JSON.readTree(folder.resolve("out1/coco-eval.json").toFile());
        assertEquals(JSON.readTree(golden.get(type).get("stats").toString()), written.get("stats"));
        boolean zero = golden.get("has_id_zero").asBoolean();
        assertEquals(zero ? 12 : 0, written.get("stats-id-zero-counted").size());
        assertEquals(zero, err.toString().contains("has the id 0"), err.toString());
        assertEquals(
                golden.get("gt").get("categories").size(),
                written.get("classes").size());
        // Without --out the JSON is all that is written, and the same.
        Path json = folder.resolve("only/x.json");
        assertEquals(0, run("--annotations", truth, "--results", found, "--type", type, "--json", json));
        assertEquals(Set.of("x.json"), names(json.getParent()));
        assertEquals(Files.readString(folder.resolve("out1/coco-eval.json")), Files.readString(json));
    }

    @Test
    void aPerfectDetectorAndNone() throws IOException {
        Path truth = write("a.json", TRUTH);
        for (boolean proposals : new boolean[] {false, true}) {
            Path json = folder.resolve("o.json");
            List<Object> args = new ArrayList<>(List.of(
                    "--annotations", truth, "--results", write("r.json", FOUND), "--type", "bbox", "--json", json));
            if (proposals) {
                args.add("--proposals");
            }
            assertEquals(0, run(args.toArray()), err::toString);
            // Precision is 1 / (1 + 2^-52), as in the reference.
            assertEquals(List.of(1L, 1L, 1L, 1L, -1L, -1L, 1L, 1L, 1L, 1L, -1L, -1L), stats(json));
            write("r.json", "[]");
            assertEquals(0, run(args.toArray()), err::toString);
            assertEquals(List.of(0L, 0L, 0L, 0L, -1L, -1L, 0L, 0L, 0L, 0L, -1L, -1L), stats(json));
            assertTrue(err.toString().contains("no results: every object counts as missed"), err.toString());
        }
    }

    /** Whole numbers, up to the last bits. */
    private static List<Long> stats(Path json) throws IOException {
        List<Long> stats = new ArrayList<>();
        for (JsonNode each : JSON.readTree(json.toFile()).get("stats")) {
            stats.add(Math.round(each.asDouble()));
            assertEquals(stats.get(stats.size() - 1), each.asDouble(), 1e-15);
        }
        return stats;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "bbox | `score\":0.5`    | `score\":NaN`        | r.json: [0].score: found NaN: must be a finite number",
                "bbox | `score\":0.5`    | `score\":\"x\"`      | r.json: [0].score: found the text 'x': must be a number",
                "bbox | `score\":0.5`    | `scores\":0.5`       | r.json: [0].score: missing: must be a number",
                "bbox | `[{\"image_id\":1` | `[{\"image_id\":2` | r.json: [0].image_id: found 2: must be the id of one of the images",
                "bbox | `[{\"image_id\":1,\"category_id\":4` | `[{\"image_id\":1,\"category_id\":5` | r.json: [0].category_id: found 5: must be the id of one of the categories",
                "bbox | `5,\"bbox\":[2,2,10,8]` | `5,\"bbox\":[2,2,-10,8]` | r.json: [0].bbox: found a size of -10.0 x 8.0",
                "bbox | `5,\"bbox\"`     | `5,\"box\"`          | r.json: [0].bbox: missing: must be a result with bbox or segmentation",
                "bbox | `8]}]`           | `8]}`                | r.json: not JSON (line 1, column",
                "bbox | `8]}]`           | `8]}] 1`             | r.json: found more after the end",
                "bbox | `\"area\":80`    | `\"area\":-1`        | a.json: annotations[0].area: found -1.0: must be 0 or more",
                "bbox | `\"area\":80,`   | ``                   | a.json: annotations[0].area: missing",
                "bbox | `\"categories\"` | `\"classes\"`        | a.json: categories: missing: must be a list of objects",
                "segm | `[[2,2,12,2,12,10,2,10]]` | `[[2,2,12,2]]` | a.json: annotations[0].segmentation[0]: found 4 numbers",
                "segm | `[[2,2,12,2,12,10,2,10]]` | `[]`         | a.json: annotations[0].segmentation: found no polygon",
                "segm | `[[2,2,12,2,12,10,2,10]]` | `{\"size\":[30,20],\"counts\":[0,600]}` | a.json: annotations[0].segmentation.size: found 30 x 20: must be 20 x 30",
                "segm | `[[2,2,12,2,12,10,2,10]]` | `{\"size\":[20,30],\"counts\":[0,599]}` | a.json: annotations[0].segmentation: found runs of 599 pixels",
                "segm | `\"height\":20,` | ``                   | a.json: images[0].height: missing: masks need the size",
            })
    void cornersAreOneLine(String type, String was, String becomes, String message) throws IOException {
        String now = becomes == null ? "" : becomes;
        assertTrue((TRUTH + FOUND).contains(was), was);
        Path truth = write("a.json", TRUTH.replace(was, now));
        Path found = write("r.json", FOUND.replace(was, now));
        Path json = folder.resolve("o.json");
        assertEquals(
                65, run("--annotations", truth, "--results", found, "--type", type, "--json", json), err::toString);
        assertEquals(1, err.toString().lines().count(), err.toString());
        assertTrue(err.toString().contains(message), err.toString());
        assertFalse(Files.exists(json));
    }

    @Test
    void aMissingFileIsNamed() throws IOException {
        Path truth = write("a.json", TRUTH);
        assertEquals(66, run("--annotations", truth, "--results", folder.resolve("no.json"), "--type", "bbox"));
        assertTrue(err.toString().contains("no.json: does not exist"), err.toString());
        assertEquals(64, run("--annotations", truth, "--results", truth, "--type", "keypoints"));
    }

    @Test
    void aDryRunWritesWhatIsReadBack() throws IOException {
        Path out = folder.resolve("stub");
        assertEquals(0, run("--stub", "--out", out), err::toString);
        assertEquals(
                Set.of("coco-eval.json", "coco-classes.csv", "coco-curves.csv", "coco-curves.png", "coco-curves.svg"),
                names(out));
    }
}
