package viewfit.stages.probe;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import viewfit.cli.StageMain;
import viewfit.core.data.Classes;
import viewfit.core.data.Manifest;
import viewfit.core.data.ManifestRow;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.formats.Safetensors;
import viewfit.formats.Tensor;
import viewfit.goldens.Fill;
import viewfit.goldens.Goldens;
import viewfit.graph.Parameter;
import viewfit.zoo.Backbones;

/** What the stage reads, in a folder of a test: a few photographs of three classes and a checkpoint; results go to {@code out}. */
record ProbeFolder(Path folder) {
    static final Path IMAGES = Goldens.testData("imagenette-mini");
    static final Path RECIPES = IMAGES.resolveSibling("..").resolve("params/recipes");

    /** How a run of the stage ended. */
    record Ending(int code, String err) {}

    static ProbeFolder in(Path folder) throws IOException {
        manifest("train", 3, 4).write(folder.resolve("train.csv"));
        manifest("val", 3, 2).write(folder.resolve("heldout.csv"));
        new Classes(List.of("a", "b", "c")).write(folder.resolve("classes.csv"), Map.of());
        ProbeFolder inputs = new ProbeFolder(folder);
        inputs.checkpoint("test-ours", 1);
        return inputs;
    }

    private static Manifest manifest(String split, int classes, int perClass) throws IOException {
        List<ManifestRow> rows = new ArrayList<>();
        List<Path> folders = list(IMAGES.resolve(split));
        for (int label = 0; label < classes; label++) {
            for (Path image : list(folders.get(label)).subList(0, perClass)) {
                rows.add(new ManifestRow(IMAGES.relativize(image).toString(), label, 0, ""));
            }
        }
        return new Manifest(rows, Map.of());
    }

    static List<Path> list(Path parent) throws IOException {
        try (Stream<Path> entries = Files.list(parent)) {
            return entries.sorted(Comparator.comparing(Path::toString)).toList();
        }
    }

    /** A student without a head, its weights from the generator of the goldens. */
    void checkpoint(String name, double scale) {
        PretrainRecipe recipe = Recipes.read(RECIPES.resolve(name + ".yml"), PretrainRecipe.class);
        String arch = recipe.backbone().name();
        List<Tensor> tensors = new ArrayList<>();
        for (Parameter p : Backbones.graph(arch).state()) {
            float[] values = Fill.values(p.name(), p.size(), .5 * scale, 0);
            if (p.shape().size() == 1) {
                Arrays.fill(values, p.name().endsWith("bias") || p.name().endsWith("mean") ? .1f : 1);
            }
            long[] shape = p.shape().stream().mapToLong(Integer::longValue).toArray();
            tensors.add(Tensor.f32("student.backbone." + p.name(), shape, values));
        }
        Map<String, String> header = Map.of("schema", "checkpoint/1", "arch", arch, "recipe", Recipes.toYaml(recipe));
        Safetensors.write(folder.resolve("checkpoint.safetensors"), tensors, header);
    }

    /**
     * Runs the stage on this folder.
     *
     * @param changed options in the place of those of the same name, or {@code --checkpoint=} for none
     */
    Ending run(ProbeStage stage, String... changed) {
        List<String> args = new ArrayList<>(List.of(
                "--checkpoint=" + folder.resolve("checkpoint.safetensors"),
                "--recipe=" + RECIPES.resolve("test-probe.yml"),
                "--train=" + folder.resolve("train.csv"),
                "--eval=" + folder.resolve("heldout.csv"),
                "--classes=" + folder.resolve("classes.csv"),
                "--images=" + IMAGES,
                "--out=" + folder.resolve("out"),
                "--device=cpu",
                "--threads=1",
                "--cell=c1"));
        for (String change : changed) {
            String name = change.substring(0, change.indexOf('=') + 1);
            args.removeIf(arg -> arg.startsWith(name));
            if (!change.equals("--checkpoint=")) {
                args.add(change);
            }
        }
        StringWriter err = new StringWriter();
        int code = StageMain.execute(
                stage, new PrintWriter(new StringWriter()), new PrintWriter(err), args.toArray(String[]::new));
        return new Ending(code, err.toString());
    }
}
