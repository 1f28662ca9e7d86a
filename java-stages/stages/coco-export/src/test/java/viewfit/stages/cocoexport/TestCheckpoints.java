package viewfit.stages.cocoexport;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.formats.Tensor;
import viewfit.goldens.GoldenTensor;
import viewfit.goldens.Goldens;
import viewfit.goldens.Kind;

/** Checkpoints as pretrain writes them. */
final class TestCheckpoints {
    private TestCheckpoints() {}

    /** What pretrain would write for MobileNetV2, with golden values; student and teacher differ. */
    static Map<String, Tensor> tensors() {
        return tensors("mobilenet_v2", List.of("student", "teacher"));
    }

    static Map<String, Tensor> tensors(String arch, List<String> sides) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (String side : sides) {
            for (GoldenTensor t :
                    Goldens.ssl().byId("backbone/" + arch + "/tensors").tensors()) {
                String name = side + ".backbone." + t.name();
                float shift = side.equals("teacher") ? 0.5f : 0;
                if (Kind.isInteger(t.kind())) {
                    tensors.put(name, Tensor.i64(name, t.shape(), 240));
                } else {
                    float[] values = t.values();
                    values[0] += shift;
                    tensors.put(name, Tensor.f32(name, t.shape(), values));
                }
            }
            String head = side + ".head.mlp.0.weight";
            tensors.put(head, Tensor.f32(head, new long[] {2, 2}, 1, 2, 3, 4));
        }
        tensors.put("method.center", Tensor.f32("method.center", new long[] {4}, 0, 0, 0, 0));
        return tensors;
    }

    static Map<String, String> metadata() throws IOException {
        return metadata("demo-ours");
    }

    static Map<String, String> metadata(String name) throws IOException {
        Path recipes = Goldens.testData("").getParent().resolve("params/recipes");
        PretrainRecipe recipe = Recipes.read(recipes.resolve(name + ".yml"), PretrainRecipe.class);
        Map<String, String> metadata = new HashMap<>();
        metadata.put("schema", "checkpoint/1");
        metadata.put("arch", recipe.backbone().name());
        metadata.put("method", recipe.method().name());
        metadata.put("epoch", "3");
        metadata.put("step", "120");
        metadata.put("recipe", Recipes.toYaml(recipe));
        metadata.put("recipe-sha256", Recipes.sha256(recipe));
        metadata.put("manifest-sha256", "ab".repeat(32));
        metadata.put("code", "0.1.0+test");
        metadata.put("cell", "ours-s0");
        metadata.put("mean", "0.485,0.456,0.406");
        metadata.put("std", "0.229,0.224,0.225");
        return metadata;
    }
}
