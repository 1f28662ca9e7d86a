package viewfit.ssl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.checks.Fuzz;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.eval.CheckpointFile;
import viewfit.formats.Safetensors;
import viewfit.formats.Seal;
import viewfit.formats.Tensor;

/** Damaged states of a run and checkpoints, both sealed: no damage passes. */
class DamagedStatesTest {
    private static final String STATE = "state-000000000012.safetensors";

    @TempDir
    private Path folder;

    private static List<Tensor> tensors() {
        return List.of(
                Tensor.f32("student.backbone.conv.weight", new long[] {3, 2}, 1, 2, 3, 4, 5, 6),
                Tensor.i64("student.backbone.bn.num_batches_tracked", new long[0], 12));
    }

    private static Map<String, String> metadata(String schema) {
        PretrainRecipe recipe = Recipes.read(
                Path.of(System.getProperty("viewfit.root", "../..")).resolve("params/recipes/test-ours.yml"),
                PretrainRecipe.class);
        Map<String, String> all = new TreeMap<>();
        all.put("schema", schema);
        all.put("arch", recipe.backbone().name());
        all.put("recipe", Recipes.toYaml(recipe));
        all.put("recipe-sha256", Recipes.sha256(recipe));
        return all;
    }

    private static int border(byte[] whole) {
        return Long.BYTES + ((whole[0] & 0xff) | ((whole[1] & 0xff) << 8));
    }

    /** No damage passes, and what is said of it is a line. */
    @Test
    void states() throws java.io.IOException {
        try (StateFolder states = StateFolder.open(folder, 2, line -> {})) {
            states.write(new Checkpoint.Content(tensors(), metadata(Checkpoint.STATE_SCHEMA)), 12);
        }
        Path whole = folder.resolve(STATE);
        int border = border(java.nio.file.Files.readAllBytes(whole));
        Fuzz.of(folder, whole).borders(8, border).sealed().run(file -> {
            List<String> said = new ArrayList<>();
            try (StateFolder states = StateFolder.open(Objects.requireNonNull(file.getParent()), 2, said::add)) {
                Object found = states.newest(content -> content.metadata() + " "
                        + content.tensor("student.backbone.conv.weight").floats()[5]);
                if (found == null) {
                    throw new StageFailure(ExitCode.BAD_DATA, String.join("\n", said));
                }
                return found;
            }
        });
    }

    @Test
    void checkpoints() throws java.io.IOException {
        Path whole = folder.resolve("checkpoint.safetensors");
        Safetensors.write(whole, tensors(), Seal.put(tensors(), metadata(Checkpoint.SCHEMA)));
        Fuzz.of(folder, whole)
                .borders(8, border(java.nio.file.Files.readAllBytes(whole)))
                .sealed()
                .run(file -> {
                    Checkpoint.verify(file);
                    return CheckpointFile.read(file).recipe().name();
                });
    }
}
