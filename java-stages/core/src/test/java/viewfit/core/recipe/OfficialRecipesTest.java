package viewfit.core.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import viewfit.core.schedule.Schedule;
import viewfit.core.schedule.Schedules;

/**
 * The recipes of the paper, as far as no published configuration states them: the golden suite compares those that one does
 * state, here are the others by what sets them apart, and the values that the configurations leave to the code.
 */
class OfficialRecipesTest {
    private static final Path FOLDER = Path.of(System.getProperty("viewfit.root"), "params", "recipes");
    private static final int IMAGENET = 1281167;

    /** Stated by a golden or spelled out below; all others are siblings of one of them. */
    private static final Set<String> ROOTS = Set.of(
            "dino-mobilenetv2-baseline",
            "dino-mobilenetv2-ours",
            "dino-vit-tiny-baseline",
            "dino-vit-tiny-ours",
            "swav-mobilenetv2-baseline",
            "swav-mobilenetv2-ours",
            "moco-mobilenetv2-baseline",
            "moco-mobilenetv2-ours",
            "moco-mobilenetv2-two-view",
            "supervised-resnet18");

    /** File, its sibling, and every key that differs with the file's value. */
    private static final Map<String, List<String>> SIBLINGS = siblings(
            "dino-resnet18-baseline | dino-mobilenetv2-baseline | name, backbone.name=resnet18",
            "dino-resnet18-ours | dino-mobilenetv2-ours | name, backbone.name=resnet18",
            "dino-resnet18-ours-400ep | dino-resnet18-ours | name, epochs=400",
            "dino-resnet34-baseline | dino-mobilenetv2-baseline | name, backbone.name=resnet34",
            "dino-resnet34-ours | dino-mobilenetv2-ours | name, backbone.name=resnet34",
            "dino-resnet34-ours-400ep | dino-resnet34-ours | name, epochs=400",
            "dino-resnet50-baseline | dino-mobilenetv2-baseline | name, backbone.name=resnet50, batch-size=640",
            "dino-resnet50-ours | dino-mobilenetv2-ours | name, backbone.name=resnet50, batch-size=640",
            "dino-mobilenetv2-ours-400ep | dino-mobilenetv2-ours | name, epochs=400",
            "dino-vit-small-baseline | dino-vit-tiny-baseline | name, backbone.name=vit_small, batch-size=640",
            "dino-vit-small-ours | dino-vit-tiny-ours | name, backbone.name=vit_small, batch-size=640",
            "supervised-resnet34 | supervised-resnet18 | name, backbone.name=resnet34",
            "supervised-resnet50 | supervised-resnet18 | name, backbone.name=resnet50",
            "supervised-mobilenetv2 | supervised-resnet18 | name, backbone.name=mobilenet_v2, epochs=300, optimizer.lr=0.045,"
                    + " optimizer.weight-decay.start=4.0E-5, optimizer.weight-decay.end=4.0E-5,"
                    + " schedule.name=exponential, schedule.gamma=0.98, schedule.milestones.0=, schedule.milestones.1=");

    private static Map<String, List<String>> siblings(String... lines) {
        Map<String, List<String>> all = new TreeMap<>();
        for (String line : lines) {
            List<String> parts = Arrays.asList(line.split(" *[|,] *"));
            all.put(parts.get(0), parts.subList(1, parts.size()));
        }
        return all;
    }

    static List<String> published() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("(dino|swav|moco|supervised)-.*\\.yml"))
                    .map(name -> name.replace(".yml", ""))
                    .sorted()
                    .toList();
        }
    }

    private static PretrainRecipe read(String name) {
        return Recipes.read(FOLDER.resolve(name + ".yml"), PretrainRecipe.class);
    }

    /** Dotted key to plain value. */
    private static Map<String, JsonNode> flat(String name) {
        Map<String, JsonNode> all = new LinkedHashMap<>();
        flatten("", RecordTree.of(read(name)), all);
        return all;
    }

    private static void flatten(String key, JsonNode node, Map<String, JsonNode> into) {
        if (node.isValueNode()) {
            into.put(key, node);
            return;
        }
        String prefix = key.isEmpty() ? "" : key + ".";
        node.properties().forEach(member -> flatten(prefix + member.getKey(), member.getValue(), into));
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            flatten(prefix + i, node.get(i), into);
        }
    }

    /** Keys that two files do not agree on, with the value of the first; empty where it has no such key. */
    private static Map<String, String> differences(String name, String other) {
        Map<String, JsonNode> mine = flat(name);
        Map<String, JsonNode> theirs = flat(other);
        Set<String> keys = new TreeSet<>(mine.keySet());
        keys.addAll(theirs.keySet());
        Map<String, String> different = new TreeMap<>();
        for (String key : keys) {
            JsonNode value = mine.getOrDefault(key, MissingNode.getInstance());
            if (!value.equals(theirs.get(key))) {
                different.put(key, value.asText());
            }
        }
        return different;
    }

    @Test
    void noneIsLeftOut() throws IOException {
        Set<String> covered = new TreeSet<>(ROOTS);
        covered.addAll(SIBLINGS.keySet());
        assertEquals(List.copyOf(covered), published());
    }

    static Set<String> siblingNames() {
        return SIBLINGS.keySet();
    }

    @ParameterizedTest
    @MethodSource("siblingNames")
    void differsFromItsSiblingInTheseKeysOnly(String name) {
        List<String> line = SIBLINGS.get(name);
        Map<String, String> expected = new TreeMap<>();
        for (String each : line.subList(1, line.size())) {
            String[] pair = each.split("=", -1);
            expected.put(pair[0], pair.length == 1 ? name : pair[1]);
        }
        assertEquals(expected, differences(name, line.get(0)));
    }

    /** "Ours" changes the areas of both kinds of view, the local size and the weight, whatever method and backbone. */
    @ParameterizedTest
    @CsvSource({
        "dino-mobilenetv2",
        "dino-resnet18",
        "dino-resnet34",
        "dino-resnet50",
        "dino-vit-tiny",
        "dino-vit-small",
        "swav-mobilenetv2",
        "moco-mobilenetv2"
    })
    void oursDiffersFromTheBaselineInFourThings(String pair) {
        Map<String, String> found = differences(pair + "-ours", pair + "-baseline");
        found.remove("name");
        assertEquals(
                Map.of(
                        "method.alpha", "0.4",
                        "views.groups.0.scale.low", "0.3",
                        "views.groups.1.scale.low", "0.3",
                        "views.groups.2.scale.high", "0.3",
                        "views.groups.2.size", "128"),
                found);
    }

    /** What the published configurations do not state. */
    @ParameterizedTest
    @MethodSource("published")
    void theRestIsTheSameEverywhere(String name) {
        PretrainRecipe recipe = read(name);
        assertTrue(List.of(name, "baseline", "ours").contains(recipe.name()), recipe.name());
        assertEquals(0, recipe.seed());
        assertEquals(
                recipe.backbone().name().startsWith("vit_") ? 0.1 : 0,
                recipe.backbone().dropPath());
        assertEquals(false, recipe.backbone().zeroInitResidual());
        assertEquals(256, recipe.optimizer().lrReferenceBatch());
        assertEquals(0, recipe.optimizer().clip());
        assertEquals(new CheckpointRecipe(20, 0), recipe.checkpoint());
        assertEquals(new MonitorRecipe(1, 50000, false), recipe.monitor());
        assertEquals(OnDivergence.FAIL, recipe.onDivergence());
        if (recipe.optimizer() instanceof LarsRecipe lars) {
            assertEquals(0.001, lars.trust());
        }
        if (recipe.optimizer() instanceof AdamwRecipe adamw) {
            assertEquals(List.of(0.9, 0.999, 1e-8), List.of(adamw.beta1(), adamw.beta2(), adamw.epsilon()));
        }
        if (recipe.method() instanceof MocoRecipe moco && recipe.optimizer() instanceof LarsRecipe) {
            assertEquals(1, moco.batchNormGroups());
            assertEquals("normal", moco.head().init());
        }
        String text = Recipes.text(FOLDER.resolve(name + ".yml"));
        assertTrue(text.contains("--recipe params/recipes/" + name + ".yml "), "its command runs another file");
        assertTrue(text.contains("# Measured: not run."));
    }

    @Test
    void twoViewMocoIsTheOriginal() {
        PretrainRecipe recipe = read("moco-mobilenetv2-two-view");
        assertEquals(List.of(200, 256), List.of(recipe.epochs(), recipe.batchSize()));
        assertEquals(new BackboneRecipe("mobilenet_v2", false, 0), recipe.backbone());
        MocoHeadRecipe head = new MocoHeadRecipe(2, 1280, 128, false, "uniform");
        assertEquals(new MocoRecipe("moco", Alpha.of(1), head, 0.2, 65536, 0.999, 8), recipe.method());
        JitterRecipe jitter = new JitterRecipe(0.8, 0.4, 0.4, 0.4, 0.1);
        BlurRecipe blur = new BlurRecipe(0.5, new RangeRecipe(0.1, 2));
        RangeRecipe scale = new RangeRecipe(0.2, 1);
        assertEquals(
                List.of(new ViewGroup(ViewKind.GLOBAL, 2, 224, scale, 0.5, jitter, 0.2, blur, 0)),
                recipe.views().groups());
        plainCrops(recipe.views());
        SpanRecipe decay = new SpanRecipe(1e-4, 1e-4);
        assertEquals(new SgdRecipe("sgd", 0.03, 256, decay, 0, 1, 1, 0.9, false), recipe.optimizer());
        assertEquals(new CosineRecipe("cosine", 0, 0, 0, true), recipe.schedule());
    }

    @Test
    void supervisedIsTheClassicRecipe() {
        PretrainRecipe recipe = read("supervised-resnet18");
        assertEquals(List.of(90, 256), List.of(recipe.epochs(), recipe.batchSize()));
        assertEquals(new BackboneRecipe("resnet18", false, 0), recipe.backbone());
        assertEquals(new SupervisedRecipe("supervised", 0), recipe.method());
        JitterRecipe none = new JitterRecipe(0, 0, 0, 0, 0);
        BlurRecipe blur = new BlurRecipe(0, new RangeRecipe(0.1, 2));
        RangeRecipe scale = new RangeRecipe(0.08, 1);
        assertEquals(
                List.of(new ViewGroup(ViewKind.GLOBAL, 1, 224, scale, 0.5, none, 0, blur, 0)),
                recipe.views().groups());
        plainCrops(recipe.views());
        SpanRecipe decay = new SpanRecipe(1e-4, 1e-4);
        assertEquals(new SgdRecipe("sgd", 0.1, 256, decay, 0, 1, 1, 0.9, false), recipe.optimizer());
        assertEquals(new MultistepRecipe("multistep", 0, 0, List.of(30, 60), 0.1), recipe.schedule());
    }

    private static void plainCrops(ViewRecipe views) {
        assertEquals(new RangeRecipe(0.75, 4 / 3.0), views.aspect());
        assertEquals("bilinear", views.interpolation());
        assertEquals(
                new NormalizeRecipe(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225)), views.normalize());
    }

    private static int steps(PretrainRecipe recipe) {
        return IMAGENET / recipe.batchSize();
    }

    private static Schedule learningRate(PretrainRecipe recipe) {
        OptimizerRecipe optimizer = recipe.optimizer();
        double peak = Schedules.scaleToBatch(optimizer.lr(), optimizer.lrReferenceBatch(), recipe.batchSize());
        return Schedules.learningRate(recipe.schedule(), peak, recipe.epochs(), steps(recipe));
    }

    /** U9: full batches of ImageNet's training images. */
    @ParameterizedTest
    @CsvSource({"dino-mobilenetv2-ours, 1251", "dino-resnet50-ours, 2001", "dino-vit-small-ours, 2001"})
    void u9StepsPerEpoch(String name, int steps) {
        assertEquals(steps, steps(read(name)));
    }

    @ParameterizedTest
    @CsvSource({
        "dino-mobilenetv2-baseline",
        "dino-mobilenetv2-ours",
        "dino-resnet18-ours",
        "dino-resnet34-ours",
        "moco-mobilenetv2-ours"
    })
    void u1ConvolutionalLearningRate(String name) {
        Schedule lr = learningRate(read(name));
        assertEquals(0, lr.at(0));
        assertEquals(1.534894876e-4, lr.at(1), 1e-13);
        assertEquals(1.92, lr.at(12509), 1e-12);
        assertEquals(1.92, lr.at(12510), 1e-12);
        assertEquals(1.041477981, lr.at(100L * 1251), 1e-9);
        assertEquals(0.00480000008364, lr.at(200L * 1251 - 1), 1e-14);
    }

    @ParameterizedTest
    @CsvSource({"swav-mobilenetv2-baseline", "swav-mobilenetv2-ours"})
    void u2SwavLearningRate(String name) {
        Schedule lr = learningRate(read(name));
        assertEquals(0.075, lr.at(0));
        assertEquals(1.2, lr.at(12509), 1e-12);
        assertEquals(0.0048000000522, lr.at(200L * 1251 - 1), 1e-13);
    }

    @ParameterizedTest
    @CsvSource({"dino-vit-tiny-baseline", "dino-vit-tiny-ours"})
    void u3AndU4TransformerLearningRateAndDecay(String name) {
        PretrainRecipe recipe = read(name);
        Schedule lr = learningRate(recipe);
        assertEquals(0.002, lr.at(12509), 1e-15);
        assertEquals(1.00000000869e-5, lr.at(200L * 1251 - 1), 1e-16);
        SpanRecipe span = recipe.optimizer().weightDecay();
        Schedule decay = Schedules.cosine(span.start(), span.end(), 200L * 1251);
        assertEquals(0.22, decay.at(100L * 1251), 1e-15);
        assertEquals(0.399999999986, decay.at(200L * 1251 - 1), 1e-12);
    }

    /** The classic drops by ten, and the factor of each epoch. */
    @Test
    void supervisedLearningRates() {
        Schedule steps = learningRate(read("supervised-resnet50"));
        int n = IMAGENET / 256;
        assertEquals(0.1, steps.at(30L * n - 1));
        assertEquals(0.01, steps.at(30L * n), 1e-15);
        assertEquals(0.001, steps.at(90L * n - 1), 1e-15);
        Schedule falling = learningRate(read("supervised-mobilenetv2"));
        assertEquals(0.045, falling.at(n - 1));
        assertEquals(0.0441, falling.at(n), 1e-15);
        assertEquals(0.045 * Math.pow(0.98, 299), falling.at(300L * n - 1), 1e-15);
        Schedule original = learningRate(read("moco-mobilenetv2-two-view"));
        assertEquals(0.03, original.at(n - 1));
        assertEquals(0.015, original.at(100L * n + 7), 1e-15);
    }

    /** The long runs keep the 50 epochs in which the teacher's temperature rises. */
    @ParameterizedTest
    @CsvSource({"dino-mobilenetv2-ours-400ep", "dino-resnet18-ours-400ep", "dino-resnet34-ours-400ep"})
    void longRunsKeepTheTemperature(String name) {
        RampRecipe ramp = ((DinoRecipe) read(name).method()).teacherTemp();
        Schedule temperature = Schedules.teacherTemperature(ramp.start(), ramp.end(), ramp.warmupEpochs());
        assertEquals(0.0546938776, temperature.at(24), 1e-10);
        assertEquals(0.07, temperature.at(49), 1e-15);
        assertEquals(0.07, temperature.at(399));
    }

    @ParameterizedTest
    @CsvSource({"swav-mobilenetv2-baseline", "swav-mobilenetv2-ours"})
    void theQueueIsAMultipleOfTheBatch(String name) {
        PretrainRecipe recipe = read(name);
        SwavRecipe swav = (SwavRecipe) recipe.method();
        assertEquals(3072, swav.queueRows(recipe.batchSize()));
        assertEquals(3840, swav.queueRows(640));
    }

    /** The page for users has a row for each, with the score that the file itself expects. */
    @ParameterizedTest
    @MethodSource("published")
    void thePageHasItsRow(String name) throws IOException {
        String page = Files.readString(FOLDER.resolve("../../docs/recipes.md"));
        Matcher row = Pattern.compile("\\| `" + name + "` \\|.*\\| (\\d+\\.\\d / \\d+\\.\\d) \\| ([\\d, ]+) \\|")
                .matcher(page);
        assertTrue(row.find(), "docs/recipes.md has no row of " + name);
        String head = Recipes.text(FOLDER.resolve(name + ".yml"));
        assertTrue(head.contains("# Expected: " + row.group(1) + " top-1 / top-5"), "other score than " + row.group(1));
        String tables = row.group(2).replaceFirst(", (\\d)$", " and $1");
        assertTrue(head.contains((tables.length() > 1 ? "tables " : "table ") + tables + ")"), "other table");
    }

    static List<String> baselines() throws IOException {
        return published().stream().filter(name -> name.endsWith("-baseline")).toList();
    }

    /** The rounded weights of the baselines are the weight of equal pairs to six digits. */
    @ParameterizedTest
    @MethodSource("baselines")
    void baselinesWeighAllPairsAlike(String name) {
        PretrainRecipe recipe = read(name);
        Alpha alpha = recipe.method() instanceof DinoRecipe dino
                ? dino.alpha()
                : recipe.method() instanceof SwavRecipe swav ? swav.alpha() : ((MocoRecipe) recipe.method()).alpha();
        int globals = recipe.views().count(ViewKind.GLOBAL);
        int locals = recipe.views().count(ViewKind.LOCAL);
        assertEquals(Alpha.equalPairs().weight(globals, locals), alpha.weight(globals, locals), 5e-7);
    }
}
