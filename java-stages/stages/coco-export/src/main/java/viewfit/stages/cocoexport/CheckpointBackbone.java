package viewfit.stages.cocoexport;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import viewfit.core.Code;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Provenance;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.formats.DType;
import viewfit.formats.ExportBundle;
import viewfit.formats.ExportManifest;
import viewfit.formats.Safetensors;
import viewfit.formats.Tensor;
import viewfit.formats.TensorFile;
import viewfit.zoo.Backbones;

/** One backbone of a checkpoint, complete and finite, in the order of the network's own list. */
final class CheckpointBackbone {
    private static final String SCHEMA = "checkpoint/1";
    private static final int LISTED = 3;

    private final TensorFile file;
    private final String arch;
    private final long seed;
    private final List<Tensor> tensors;

    private CheckpointBackbone(TensorFile file, String arch, long seed, List<Tensor> tensors) {
        this.file = file;
        this.arch = arch;
        this.seed = seed;
        this.tensors = tensors;
    }

    /**
     * Reads {@code <network>.backbone.*}.
     *
     * @throws StageFailure BAD_RECIPE for a network that the method does not train; BAD_DATA for another schema, an unknown
     *     architecture, and tensors that are missing, unknown, of another shape or type, or not finite
     */
    static CheckpointBackbone read(Path path, String network) {
        TensorFile file = Safetensors.read(path);
        String schema = file.meta("schema");
        if (!schema.equals(SCHEMA)) {
            throw bad(file, "schema " + schema, SCHEMA);
        }
        String arch = file.meta("arch");
        List<String> allowed = Backbones.names().stream()
                .filter(ExportBundle.architectures()::contains)
                .toList();
        if (!allowed.contains(arch)) {
            throw bad(file, "arch " + arch, "one of " + String.join(", ", allowed));
        }
        PretrainRecipe recipe = Recipes.parse(file.meta("recipe"), file.file() + ": recipe", PretrainRecipe.class);
        recipe.method().requireNetwork("--network", network);
        String prefix = network + ".backbone.";
        Map<String, BackboneForm.Form> expected =
                BackboneForm.of(Backbones.graph(arch)).forms();
        Map<String, Tensor> found = new LinkedHashMap<>();
        file.below(prefix).forEach(t -> found.put(t.name(), t));
        refuse(
                file,
                prefix,
                "without",
                expected.keySet().stream().filter(n -> !found.containsKey(n)).toList(),
                arch);
        refuse(
                file,
                prefix,
                "with",
                found.keySet().stream().filter(n -> !expected.containsKey(n)).toList(),
                arch);
        List<Tensor> tensors = new ArrayList<>();
        expected.forEach((name, form) -> tensors.add(check(file, prefix, found.get(name), form)));
        return new CheckpointBackbone(file, arch, recipe.seed(), List.copyOf(tensors));
    }

    private static void refuse(TensorFile file, String prefix, String how, List<String> names, String arch) {
        if (!names.isEmpty()) {
            String more = names.size() > LISTED ? " and " + (names.size() - LISTED) + " more" : "";
            String list = names.stream().limit(LISTED).map(n -> prefix + n).collect(Collectors.joining(", "));
            throw bad(file, "a " + arch + " " + how + " " + list + more, "the tensors of a " + arch);
        }
    }

    private static Tensor check(TensorFile file, String prefix, @Nullable Tensor tensor, BackboneForm.Form form) {
        if (tensor == null) {
            throw new IllegalStateException("missing tensors were refused before");
        }
        if (!form.fits(tensor)) {
            throw bad(file, prefix + tensor, form.toString());
        }
        if (tensor.dtype() == DType.F32) {
            FloatBuffer values = tensor.data().asFloatBuffer();
            while (values.hasRemaining()) {
                float value = values.get();
                if (!Float.isFinite(value)) {
                    throw bad(file, prefix + tensor.name() + " with value " + value, "finite weights");
                }
            }
        }
        return tensor;
    }

    private static StageFailure bad(TensorFile file, String found, String allowed) {
        return new StageFailure(ExitCode.BAD_DATA, file.file() + ": found " + found + ": expected " + allowed);
    }

    /**
     * The backbone with its facts.
     *
     * @param cell cell of the sweep; empty: the one that the checkpoint names, if it does
     */
    ExportSource source(String network, String cell) {
        ExportManifest facts = new ExportManifest(
                ExportManifest.SCHEMA,
                arch,
                network,
                file.meta("method"),
                number("epoch"),
                number("step"),
                cell.isEmpty() ? textOrEmpty("cell") : cell,
                ExportManifest.Preprocessing.of(numbers("mean"), numbers("std")),
                tensors.size(),
                Map.of(),
                List.of(),
                new Provenance(
                        Code.version(),
                        file.meta("recipe-sha256"),
                        textOrEmpty("manifest-sha256"),
                        Hashes.sha256(file.file()),
                        "",
                        "",
                        seed));
        return new ExportSource(Backbones.graph(arch), tensors, facts);
    }

    private String textOrEmpty(String key) {
        return file.metadata().getOrDefault(key, "");
    }

    private long number(String key) {
        try {
            return Long.parseLong(file.meta(key));
        } catch (NumberFormatException e) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    file.file() + ": " + key + ": found " + file.meta(key) + ": expected a whole number",
                    e);
        }
    }

    private List<Double> numbers(String key) {
        List<Double> values = new ArrayList<>();
        try {
            for (String number : file.meta(key).split(",", -1)) {
                values.add(Double.valueOf(number.strip()));
            }
        } catch (NumberFormatException e) {
            values.clear();
        }
        if (values.size() != 3) {
            throw bad(file, key + " " + file.meta(key), "three numbers, for red, green and blue");
        }
        return List.copyOf(values);
    }

    static String join(List<Double> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
