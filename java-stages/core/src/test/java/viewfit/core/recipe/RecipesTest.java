package viewfit.core.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/** Strictness of the reader: every way to be wrong is refused with its place, and all of them at once. */
class RecipesTest {
    private static final Path FILE =
            Path.of(System.getProperty("viewfit.root"), "params", "recipes", "dino-mobilenetv2-ours.yml");
    private static final String GOOD = Recipes.text(FILE);

    private static List<String> problems(String text) {
        StageFailure e = assertThrows(StageFailure.class, () -> Recipes.parse(text, "r.yml", PretrainRecipe.class));
        assertEquals(ExitCode.BAD_RECIPE, e.exitCode());
        return String.valueOf(e.getMessage()).lines().toList();
    }

    private static String with(String old, String changed) {
        assertTrue(GOOD.contains(old), () -> old + " is not in the recipe");
        return GOOD.replaceFirst(java.util.regex.Pattern.quote(old), changed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "seed: 0 | seed: 0\\nsneed: 1 | r.yml: sneed: unknown key: allowed are schema, name, seed,",
                "student-temp: 0.1 | student-tmep: 0.1 | r.yml: method.student-tmep: unknown key: did you mean 'student-temp'?",
                "student-temp: 0.1 | # gone | r.yml: method.student-temp: missing",
                "student-temp: 0.1 | student-temp: null | r.yml: method.student-temp: found nothing (null): must be a number",
                "student-temp: 0.1 | student-temp: '0.1' | r.yml: method.student-temp: found the text '0.1': must be a number",
                "epochs: 200 | epochs: 200.0 | r.yml: epochs: found 200.0: must be a whole number",
                "epochs: 200 | epochs: 99999999999 | r.yml: epochs: found 99999999999: must be a whole number of 32 bits",
                "epochs: 200 | epochs: [200] | r.yml: epochs: found a list: must be a whole number",
                "epochs: 200 | epochs: 0 | r.yml: epochs: found 0: must be >= 1",
                "batch-norm: true | batch-norm: 1 | r.yml: method.head.batch-norm: found 1: must be true or false",
                "name: dino | name: byol | r.yml: method.name: found the text 'byol': must be one of dino, swav, moco, supervised",
                "alpha: 0.4 | alpha: 1.4 | r.yml: method.alpha: found 1.4: must be >= 0 and <= 1, or the word unweighted",
                "alpha: 0.4 | alpha: weighted | r.yml: method.alpha: found the text 'weighted': must be >= 0 and <= 1",
                "alpha: 0.4 | alpha: NaN | r.yml: method.alpha: found the text 'NaN': must be >= 0 and <= 1",
                "name: cosine | name: linear | r.yml: schedule.name: found the text 'linear': must be one of cosine, multistep, exponential",
                "name: mobilenet_v2 | name: vgg | r.yml: backbone.name: found 'vgg': must be one of mobilenet_v2, resnet18,",
                "drop-path: 0.0 | drop-path: 0.1 | r.yml: backbone.drop-path: found 0.1: must be 0, mobilenet_v2 has no transformer blocks",
                "name: lars | name: adam | r.yml: optimizer.name: found the text 'adam': must be one of lars, adamw, sgd",
                "kind: local | kind: lokal | r.yml: views.groups[2].kind: found the text 'lokal': must be one of global, local",
                "size: 128 | size: 4 | r.yml: views.groups[2].size: found 4: must be >= 8 and <= 1024",
                "size: 128 | size: auto | r.yml: views.groups[2].size: found auto: must be a number here: the grid stage, with --shapes, puts it in its place",
                "size: 224 | size: auto | r.yml: views.groups[0].size: found auto: must be a number here",
                "size: 128 | size: Auto | r.yml: views.groups[2].size: found the text 'Auto': must be a whole number",
                "on-divergence: fail | on-divergence: retry | r.yml: on-divergence: found the text 'retry': must be one of fail, record",
                "micro-batches: 1 | micro-batches: 3 | r.yml: micro-batches: found 3: must divide batch-size = 1024 into parts of at least 2",
                "precision: fp32 | precision: fp16 | r.yml: precision: found the text 'fp16': must be one of fp32, tf32, bf16",
                "schema: pretrain/1 | schema: pretrain/2 | r.yml: schema: found 'pretrain/2': must be pretrain/1",
                "interpolation: bicubic | interpolation: nearest | r.yml: views.interpolation: found 'nearest': must be one of bicubic, bilinear",
                "low: 0.05 | low: 0.5 | r.yml: views.groups[2].scale.high: found 0.3: must be >= low = 0.5",
                "high: 0.3} | high: 1.3} | r.yml: views.groups[2].scale.high: found 1.3: must be <= 1",
                "mean: [0.485, | mean: [ | r.yml: views.normalize.mean: found 2 elements: must have exactly 3",
                "warmup-epochs: 10, | warmup-epochs: 201, | r.yml: schedule.warmup-epochs: found 201: must be <= epochs = 200",
                "epochs: 200 | epochs: 0200 | found 0200: numbers are written in plain decimal",
                "epochs: 200 | epochs: 2_00 | found 2_00: numbers are written in plain decimal",
                "batch-norm: true | batch-norm: yes | found yes: must be true or false",
                "seed: 0 | seed: *s | found s: anchors and aliases are not allowed",
                "seed: 0 | seed: 0\\nseed: 1 | Duplicate field 'seed'",
                "seed: 0 | seed: 0\\n---\\nb: 1 | more than one document",
                "start: 0.04, end: 0.07 | start: 0.0, end: 0.07 | r.yml: method.teacher-temp.start: found 0.0: must be > 0",
            },
            ignoreLeadingAndTrailingWhitespace = true)
    void refuses(String old, String changed, String message) {
        String from = old.replace("\\n", "\n");
        String to = changed == null ? "" : changed.replace("\\n", "\n");
        List<String> problems = problems(with(from, to));
        assertTrue(
                problems.stream().anyMatch(line -> line.startsWith("r.yml") && line.contains(message)),
                () -> message + " is not in " + problems);
    }

    @Test
    void reportsAllProblemsOfAFileAtOnce() {
        String text = with("epochs: 200", "epochs: 0")
                .replace("alpha: 0.4", "alpha: 1.4")
                .replace("student-temp: 0.1", "studenttemp: 0.1")
                .replace("size: 128", "size: wide")
                .replace("name: lars", "name: lasr");
        assertEquals(6, problems(text).size(), () -> String.join("\n", problems(text)));
    }

    @Test
    void refusesWhatIsNoMapping() {
        assertEquals(1, problems("").size());
        assertEquals(1, problems("# only a comment\n").size());
        assertEquals(1, problems("- 1\n").size());
        assertEquals(1, problems("a: [1\n").size());
    }

    @Test
    void aMissingFileIsNoInput() {
        StageFailure e =
                assertThrows(StageFailure.class, () -> Recipes.read(Path.of("nowhere.yml"), PretrainRecipe.class));
        assertEquals(ExitCode.NO_INPUT, e.exitCode());
    }

    @Test
    void theCanonicalFormIsStableAndIgnoresSpelling() {
        PretrainRecipe recipe = Recipes.read(FILE, PretrainRecipe.class);
        PretrainRecipe spelled = Recipes.parse(
                GOOD.replace("1.0e-6", "0.000001").replace("# ", "# another comment "), "r.yml", PretrainRecipe.class);
        assertEquals(recipe, spelled);
        assertEquals(Recipes.toYaml(recipe), Recipes.toYaml(spelled));
        assertEquals(Recipes.sha256(recipe), Recipes.sha256(spelled));
        String other = with("seed: 0", "seed: 1");
        assertNotEquals(Recipes.sha256(recipe), Recipes.sha256(Recipes.parse(other, "r.yml", PretrainRecipe.class)));
    }

    @Test
    void aTextThatLooksLikeAnotherTypeKeepsItsType() {
        for (String name : List.of("'1e3'", "'true'", "'null'", "'010'", "'a: b'", "'#x'", "'~'", "'1:30'")) {
            PretrainRecipe recipe = Recipes.parse(with("name: ours", "name: " + name), "r.yml", PretrainRecipe.class);
            assertEquals(recipe, Recipes.parse(Recipes.toYaml(recipe), "w.yml", PretrainRecipe.class), name);
        }
    }

    @Test
    void aRecordBuiltByHandIsHeldToTheSameRules() {
        assertThrows(IllegalArgumentException.class, () -> new KnnRecipe(0, List.of(), 0.07));
        assertThrows(IllegalArgumentException.class, () -> new KnnRecipe(20, List.of(), Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> new RangeRecipe(1, 0));
    }
}
