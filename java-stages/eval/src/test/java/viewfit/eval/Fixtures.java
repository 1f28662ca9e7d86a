package viewfit.eval;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import viewfit.core.data.ManifestRow;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.DinoRecipe;
import viewfit.core.recipe.FinetuneRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.ProbeRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.engine.Network;
import viewfit.engine.TorchRuntime;
import viewfit.formats.Safetensors;
import viewfit.formats.Tensor;
import viewfit.goldens.Goldens;
import viewfit.graph.Graph;
import viewfit.graph.Parameter;
import viewfit.views.ImageStore;
import viewfit.zoo.Backbones;
import viewfit.zoo.Heads;

/** Small photographs, recipes and checkpoints for tests. */
final class Fixtures {
    static final Path IMAGES = Goldens.testData("imagenette-mini");

    private Fixtures() {}

    static String recipeText(String name) {
        try {
            return Files.readString(IMAGES.resolveSibling("..").resolve("params/recipes/" + name + ".yml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ProbeRecipe probe(String mode, int epochs, int batchSize) {
        String text = recipeText("test-probe")
                .replaceFirst("mode: \\w+", "mode: " + mode)
                .replaceFirst("epochs: \\d+", "epochs: " + epochs)
                .replaceFirst("batch-size: \\d+", "batch-size: " + batchSize);
        return Recipes.parse(text, "test-probe", ProbeRecipe.class);
    }

    static FinetuneRecipe finetune(int epochs, int batchSize, int headLayers) {
        String text = recipeText("test-finetune-1pct")
                .replaceFirst("epochs: \\d+", "epochs: " + epochs)
                .replaceFirst("batch-size: \\d+", "batch-size: " + batchSize)
                .replaceFirst("head-layers: \\d+", "head-layers: " + headLayers);
        return Recipes.parse(text, "test-finetune", FinetuneRecipe.class);
    }

    static PretrainRecipe pretrain() {
        return pretrain("test-ours");
    }

    static PretrainRecipe pretrain(String name) {
        return Recipes.parse(recipeText(name), name, PretrainRecipe.class);
    }

    /** The first images of each class folder, in path order, labelled by folder. */
    static List<ManifestRow> rows(String split, int classes, int perClass) {
        List<ManifestRow> rows = new ArrayList<>();
        List<Path> folders = sorted(IMAGES.resolve(split));
        for (int label = 0; label < classes; label++) {
            for (Path file : sorted(folders.get(label)).subList(0, perClass)) {
                String path = split + "/" + folders.get(label).getFileName() + "/" + file.getFileName();
                rows.add(new ManifestRow(path, label, 0, ""));
            }
        }
        return rows;
    }

    private static List<Path> sorted(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted(Comparator.comparing(Path::toString)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ImageStore store(List<ManifestRow> rows) {
        return new ImageStore(IMAGES, rows, 1 << 26);
    }

    static int[] labels(List<ManifestRow> rows) {
        return rows.stream().mapToInt(ManifestRow::label).toArray();
    }

    static ProbeData data(List<ManifestRow> train, List<ManifestRow> heldout, int classes) {
        return new ProbeData(store(train), labels(train), store(heldout), labels(heldout), classes, 1);
    }

    /** Backbone and head of a recipe, as pre-training starts them. */
    static Network student(TorchRuntime runtime, PretrainRecipe recipe) {
        DinoRecipe dino = (DinoRecipe) recipe.method();
        Graph backbone = Backbones.graph(recipe.backbone());
        Map<String, Graph> parts = new LinkedHashMap<>();
        parts.put("backbone", backbone);
        parts.put(
                "head",
                Heads.dino(
                        backbone.outputWidth(),
                        dino.head().layers(),
                        dino.head().hidden(),
                        dino.head().bottleneck(),
                        dino.head().outDim(),
                        dino.head().batchNorm(),
                        dino.head().trainLastLayerNorm()));
        Network network = Network.allocate(runtime, parts, name -> false);
        network.initialise(SeedTree.root(recipe.seed()));
        return network;
    }

    /** The backbone of a recipe alone, with weights of another seed than the recipe's. */
    static Network backbone(TorchRuntime runtime, PretrainRecipe recipe) {
        Network network = FrozenBackbone.allocate(runtime, Backbones.graph(recipe.backbone()));
        network.initialise(SeedTree.root(recipe.seed() + 1));
        return network;
    }

    /** Writes a checkpoint with a student and no other network. */
    static Path studentOnly(Path folder, Network network, PretrainRecipe recipe) {
        Path file = folder.resolve(recipe.name() + ".safetensors");
        Safetensors.write(file, tensors(network, "student").values(), header(recipe));
        return file;
    }

    /** Tensors of a network under the names of a checkpoint, counters included. */
    static Map<String, Tensor> tensors(Network network, String prefix) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Parameter p : network.state()) {
            long[] shape = p.shape().stream().mapToLong(Integer::longValue).toArray();
            String name = prefix + "." + p.name();
            tensors.put(name, Tensor.f32(name, shape, network.read(p.name())));
        }
        for (String norm : network.graph("backbone").batchNorms()) {
            String counter = prefix + ".backbone." + norm + ".num_batches_tracked";
            tensors.put(counter, Tensor.i64(counter, new long[0], 7));
        }
        return tensors;
    }

    static Map<String, String> header(PretrainRecipe recipe) {
        Map<String, String> header = new LinkedHashMap<>();
        header.put("schema", "checkpoint/1");
        header.put("arch", recipe.backbone().name());
        header.put("recipe", Recipes.toYaml(recipe));
        return header;
    }

    /** Writes a checkpoint whose student and teacher are the given network. */
    static Path checkpoint(Path folder, Network network, PretrainRecipe recipe) {
        Path file = folder.resolve("checkpoint.safetensors");
        Map<String, Tensor> tensors = tensors(network, "student");
        tensors.putAll(tensors(network, "teacher"));
        Safetensors.write(file, tensors.values(), header(recipe));
        return file;
    }
}
