package viewfit.eval;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;
import viewfit.core.files.Hashes;
import viewfit.core.recipe.BackboneRecipe;
import viewfit.core.recipe.NormalizeRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.engine.Network;
import viewfit.formats.BackboneWeights;
import viewfit.formats.Safetensors;
import viewfit.formats.Tensor;
import viewfit.formats.TensorFile;
import viewfit.formats.WeightFile;
import viewfit.graph.Graph;
import viewfit.graph.Parameter;
import viewfit.zoo.Backbones;

/**
 * A checkpoint as evaluation sees it: networks by name, and the recipe they were trained with. Tensors are matched by
 * name and shape, never by position; every tensor of the asked network must be there, and its backbone may hold no other.
 */
public final class CheckpointFile {
    /** Schema of the files this class reads. */
    public static final String SCHEMA = "checkpoint/1";

    /** Counters of batch norms: files carry them, evaluation has no use for them. */
    private static final String COUNTER = ".num_batches_tracked";

    private final TensorFile content;
    private final String where;
    private final String sha256;
    private final BackboneRecipe backbone;
    private final @Nullable PretrainRecipe recipe;
    private final String note;

    private CheckpointFile(
            TensorFile content,
            String where,
            String sha256,
            BackboneRecipe backbone,
            @Nullable PretrainRecipe recipe,
            String note) {
        this.content = content;
        this.where = where;
        this.sha256 = sha256;
        this.backbone = backbone;
        this.recipe = recipe;
        this.note = note;
    }

    /**
     * A backbone out of a file of weights of torchvision, timm or official code, in the place of a checkpoint: it has one
     * network and no recipe.
     *
     * @param arch name of the zoo
     * @param network {@code student}, which is the only one too, or {@code teacher}
     * @throws StageFailure {@link ExitCode#NO_INPUT} if there is no file, {@link ExitCode#BAD_DATA} if names, shapes or
     *     counts of its tensors are not those of the backbone
     */
    public static CheckpointFile ofWeights(Path file, String arch, String network) {
        BackboneRecipe backbone = new BackboneRecipe(arch, false, 0);
        BackboneWeights weights = BackboneWeights.read(
                WeightFile.open(file),
                Backbones.graph(backbone),
                network.equals("teacher") ? BackboneWeights.Which.TEACHER : BackboneWeights.Which.DEFAULT);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        weights.tensors().forEach((name, tensor) -> {
            String full = network + "." + FrozenBackbone.PART + "." + name;
            tensors.put(full, tensor.renamed(full));
        });
        String note = "weights of " + AtomicFiles.name(file) + ": "
                + weights.report().matched() + " tensors of " + arch + ", normalisation of the probe's recipe";
        return new CheckpointFile(
                new TensorFile(file, tensors, Map.of()), file.toString(), Hashes.sha256(file), backbone, null, note);
    }

    /**
     * Reads and checks the header; the tensors stay in the file until they are loaded.
     *
     * @throws StageFailure {@link ExitCode#NO_INPUT} if there is no file, {@link ExitCode#BAD_DATA} if it is no
     *     checkpoint
     */
    public static CheckpointFile read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new StageFailure(
                    ExitCode.NO_INPUT,
                    file + ": no such checkpoint: pretrain writes one at its end, but not when it diverged");
        }
        TensorFile content = Safetensors.read(file);
        String where = file.toString();
        String schema = content.metadata().getOrDefault("schema", "none");
        if (!schema.equals(SCHEMA)) {
            throw bad(where + ": found schema " + schema + ": must be " + SCHEMA);
        }
        PretrainRecipe recipe = recipe(content.meta("recipe"), where);
        String arch = content.meta("arch");
        if (!arch.equals(recipe.backbone().name())) {
            throw bad(where + ": found arch " + arch + ", but its recipe names "
                    + recipe.backbone().name() + ": must agree");
        }
        return new CheckpointFile(content, where, Hashes.sha256(file), recipe.backbone(), recipe, "");
    }

    private static PretrainRecipe recipe(String text, String where) {
        try {
            return Recipes.parse(text, where + ": recipe", PretrainRecipe.class);
        } catch (StageFailure e) {
            String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new StageFailure(ExitCode.BAD_DATA, first, e);
        }
    }

    /** Recipe the networks were trained with; weights of others have none, and must not be asked. */
    public PretrainRecipe recipe() {
        if (recipe == null) {
            throw new IllegalStateException(where + " has no recipe");
        }
        return recipe;
    }

    /** Seed that the networks were drawn from; of weights of others nobody knows it, and it is the one given. */
    long seed(long otherwise) {
        return recipe == null ? otherwise : recipe.seed();
    }

    /** Words on where weights of others come from; empty for a checkpoint. */
    public String note() {
        return note;
    }

    /**
     * Backbone of the networks, with the initial distributions of their recipe.
     *
     * @throws StageFailure {@link ExitCode#BAD_DATA} if this version does not know it
     */
    public Graph backbone() {
        return backbone(1);
    }

    /**
     * The same as a linear probe looks at it.
     *
     * @param vitLastBlocks blocks whose class tokens form the feature of a transformer; conv nets have one feature
     */
    public Graph backbone(int vitLastBlocks) {
        try {
            return Backbones.graph(backbone, isTransformer() ? vitLastBlocks : 1);
        } catch (IllegalArgumentException e) {
            throw new StageFailure(ExitCode.BAD_DATA, where + ": " + e.getMessage(), e);
        }
    }

    /** Whether the backbone has transformer blocks, each with a class token. */
    public boolean isTransformer() {
        return Backbones.isTransformer(backbone.name());
    }

    /**
     * Fails if the method of this checkpoint trains no such network.
     *
     * @throws StageFailure {@link ExitCode#BAD_RECIPE}
     */
    public void requireNetwork(String network) {
        if (recipe != null) {
            recipe.method().requireNetwork("network", network);
        }
    }

    /** Checksum of the whole file. */
    public String sha256() {
        return sha256;
    }

    /**
     * Fails unless the evaluation normalises pixels as pre-training did.
     *
     * @throws StageFailure {@link ExitCode#BAD_RECIPE}
     */
    public void requireSameNormalization(NormalizeRecipe normalize) {
        NormalizeRecipe trained = recipe == null ? normalize : recipe.views().normalize();
        if (!trained.equals(normalize)) {
            throw new StageFailure(
                    ExitCode.BAD_RECIPE,
                    "normalize: found mean " + normalize.mean() + " std " + normalize.std()
                            + ": must be as in pre-training, mean " + trained.mean() + " std " + trained.std());
        }
    }

    /**
     * Copies one of the networks.
     *
     * @param into network to fill; its full names ({@code backbone.features.0.0.weight}) are those of the file without
     *     the leading {@code student.} or {@code teacher.}
     * @param network {@code student} or {@code teacher}; swav and supervised have no teacher
     * @param wanted which tensors of {@code into} the file must have; the others keep their values
     * @return number of tensors copied
     * @throws StageFailure {@link ExitCode#BAD_DATA} for a missing, misshapen or non-finite tensor, or unknown ones
     *     beside the backbone's
     */
    public int load(Network into, String network, Predicate<String> wanted) {
        List<Parameter> state =
                into.state().stream().filter(p -> wanted.test(p.name())).toList();
        long matched = state.stream()
                .filter(p -> content.has(network + "." + p.name()))
                .count();
        if (matched == 0) {
            throw bad(where + ": found none of the " + state.size() + " tensors of " + network + " "
                    + backbone.name() + ": names must look like " + network + "."
                    + state.get(0).name());
        }
        requireNoOthers(network + "." + FrozenBackbone.PART + ".", state);
        for (Parameter p : state) {
            Tensor tensor = content.tensor(network + "." + p.name());
            long[] shape = p.shape().stream().mapToLong(Integer::longValue).toArray();
            if (!Arrays.equals(tensor.shape(), shape)) {
                throw bad(where + ": " + tensor.name() + ": found shape " + Arrays.toString(tensor.shape())
                        + ": must be " + p.shape());
            }
            into.write(p.name(), finite(tensor));
        }
        return state.size();
    }

    private void requireNoOthers(String prefix, List<Parameter> state) {
        long expected = state.stream()
                .filter(p -> p.name().startsWith(FrozenBackbone.PART + "."))
                .count();
        long found = content.below(prefix).stream()
                .filter(t -> !t.name().endsWith(COUNTER))
                .count();
        if (found > expected) {
            throw bad(where + ": found " + found + " tensors below " + prefix + ": " + backbone.name() + " has "
                    + expected);
        }
    }

    private float[] finite(Tensor tensor) {
        float[] values = tensor.floats();
        for (float v : values) {
            if (!Float.isFinite(v)) {
                throw bad(where + ": " + tensor.name() + ": found " + v + ": weights must be finite");
            }
        }
        return values;
    }

    private static StageFailure bad(String message) {
        return new StageFailure(ExitCode.BAD_DATA, message);
    }
}
