package viewfit.core.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.Goldens;

/** The recipes that claim to be the published configurations are, value by value. */
class OfficialRecipesTest {
    private static final Path RECIPES = Path.of(System.getProperty("viewfit.root"), "params", "recipes");

    private JsonNode golden = Goldens.ssl().cases("recipe").get(0).json();

    private double number(String key) {
        return golden.get(key).asDouble();
    }

    private List<Double> numbers(String key) {
        return StreamSupport.stream(golden.get(key).spliterator(), false)
                .map(JsonNode::asDouble)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "dino-mobilenetv2-baseline.yml, recipe/dino_cnn_baseline",
        "dino-mobilenetv2-ours.yml, recipe/dino_cnn_sslight"
    })
    void isThePublishedConfiguration(String file, String id) {
        golden = Goldens.ssl().cases("recipe").stream()
                .filter(c -> c.id().equals(id))
                .map(GoldenCase::json)
                .findFirst()
                .orElseThrow()
                .get("values");
        PretrainRecipe recipe = Recipes.read(RECIPES.resolve(file), PretrainRecipe.class);
        assertEquals(number("epochs"), recipe.epochs());
        assertEquals(number("global_batch"), recipe.batchSize());
        method(assertInstanceOf(DinoRecipe.class, recipe.method()));
        optimizer(assertInstanceOf(LarsRecipe.class, recipe.optimizer()), recipe.batchSize());
        assertEquals(number("warmup_epochs"), recipe.schedule().warmupEpochs());
        assertEquals(number("start_warmup"), recipe.schedule().warmupStart());
        assertEquals(number("min_lr"), recipe.schedule().finalLr());
        views(recipe.views());
    }

    private void method(DinoRecipe dino) {
        assertEquals(number("alpha"), dino.alpha(), 1e-6);
        assertEquals(number("beta"), 1 - dino.alpha(), 1e-6);
        assertEquals(number("student_temp"), dino.studentTemp());
        assertEquals(number("warmup_teacher_temp"), dino.teacherTemp().start());
        assertEquals(number("teacher_temp"), dino.teacherTemp().end());
        assertEquals(number("warmup_teacher_temp_epochs"), dino.teacherTemp().warmupEpochs());
        assertEquals(number("center_momentum"), dino.centerMomentum());
        assertEquals(number("teacher_momentum"), dino.teacherMomentum().start());
        assertEquals(number("teacher_momentum_end"), dino.teacherMomentum().end());
        assertEquals(number("freeze_last_layer_epochs"), dino.freezeLastLayerEpochs());
        JsonNode head = golden.get("head");
        assertEquals(head.get("out_dim").asInt(), dino.head().outDim());
        assertEquals(head.get("hidden").asInt(), dino.head().hidden());
        assertEquals(head.get("bottleneck").asInt(), dino.head().bottleneck());
        assertEquals(head.get("layers").asInt(), dino.head().layers());
        assertEquals(head.get("use_bn").asBoolean(), dino.head().batchNorm());
        assertEquals(head.get("norm_last_layer").asBoolean(), !dino.head().trainLastLayerNorm());
    }

    private void optimizer(LarsRecipe lars, int batch) {
        assertEquals(number("base_lr_config"), lars.lr());
        assertEquals(number("base_lr"), lars.lr() * batch / lars.lrReferenceBatch(), 1e-12);
        assertEquals(number("weight_decay"), lars.weightDecay().start());
        assertEquals(number("weight_decay_end"), lars.weightDecay().end());
        assertEquals(number("sgd_momentum"), lars.momentum());
        assertEquals(number("clip_grad"), lars.clip());
        assertEquals(number("wd_factor_dw") != 0, lars.weightDecayOnDepthwise());
        assertEquals(number("wd_factor_bias") != 0, lars.weightDecayOn1d());
        assertEquals(golden.get("lars_exclude_dw").asBoolean(), !lars.trustOnDepthwise());
        assertEquals(golden.get("lars_exclude_bias").asBoolean(), !lars.trustOn1d());
        assertEquals(0.001, lars.trust());
    }

    private void views(ViewRecipe views) {
        assertEquals(numbers("aspect_ratio"), range(views.aspect()));
        assertEquals(golden.get("interpolation").asText(), views.interpolation());
        assertEquals(numbers("mean"), views.normalize().mean());
        assertEquals(numbers("std"), views.normalize().std());
        List<Double> blur = numbers("blur_prob_global1_global2_local");
        List<Double> solarize = List.of(0.0, number("solarize_prob_global2"), 0.0);
        assertEquals(3, views.groups().size());
        for (int i = 0; i < 3; i++) {
            ViewGroup group = views.groups().get(i);
            String kind = i < 2 ? "global" : "local";
            assertEquals(i < 2 ? ViewKind.GLOBAL : ViewKind.LOCAL, group.kind());
            assertEquals(i < 2 ? 1 : number("local_crops"), group.count());
            assertEquals(number(kind + "_px"), group.size());
            assertEquals(numbers(kind + "_scale"), range(group.scale()));
            assertEquals(number("flip_prob"), group.flip());
            assertEquals(number("jitter_prob"), group.jitter().probability());
            JitterRecipe j = group.jitter();
            assertEquals(
                    numbers("jitter_brightness_contrast_saturation_hue"),
                    List.of(j.brightness(), j.contrast(), j.saturation(), j.hue()));
            assertEquals(number("grey_prob"), group.grayscale());
            assertEquals(blur.get(i), group.blur().probability());
            assertEquals(numbers("blur_radius_range"), range(group.blur().sigma()));
            assertEquals(solarize.get(i), group.solarize());
        }
    }

    private static List<Double> range(RangeRecipe range) {
        return List.of(range.low(), range.high());
    }
}
