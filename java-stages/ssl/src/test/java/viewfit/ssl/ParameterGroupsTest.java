package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import viewfit.core.recipe.BackboneRecipe;
import viewfit.core.recipe.DinoRecipe;
import viewfit.core.recipe.HeadRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.RampRecipe;
import viewfit.core.recipe.SpanRecipe;
import viewfit.core.recipe.ViewKind;
import viewfit.engine.Network;
import viewfit.engine.TorchRuntime;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.Goldens;
import viewfit.graph.Parameter;

/** U31: which tensors train, and in which group, at the sizes of the paper. */
class ParameterGroupsTest {
    @Test
    void groupsAgreeWithTheReference() {
        DinoRecipe official = new DinoRecipe(
                "dino",
                0.4,
                new HeadRecipe(3, 2048, 256, 4096, true, false),
                0.1,
                new RampRecipe(0.04, 0.07, 50),
                0.9,
                new SpanRecipe(0.996, 1),
                1);
        PretrainRecipe recipe = DinoRecipes.recipe(
                1, 4, official, DinoRecipes.lars(0.48), DinoRecipes.views(DinoRecipes.views(ViewKind.GLOBAL, 2, 32)));
        assertEquals(new BackboneRecipe("mobilenet_v2", false), recipe.backbone());
        try (TorchRuntime runtime = TorchRuntime.open("cpu", 1);
                Dino dino = Dino.of(runtime, recipe, official)) {
            Network student = dino.student();
            Set<String> trainable = new HashSet<>(student.trainableNames());
            List<Parameter> all = student.state().stream()
                    .filter(p -> trainable.contains(p.name()))
                    .toList();
            JsonNode groups = Goldens.ssl().byId("groups/dino_mobilenet_v2").get("groups");
            assertGroup(groups.get(0), 39, all, p -> !p.vector() && !p.depthwise());
            assertGroup(groups.get(1), 17, all, Parameter::depthwise);
            assertGroup(groups.get(2), 111, all, Parameter::vector);
            assertEquals(39 + 17 + 111, all.size());
            assertEquals(
                    Set.of("head.last_layer.weight_g"),
                    student.state().stream()
                            .filter(p -> p.init() != null && !trainable.contains(p.name()))
                            .map(Parameter::name)
                            .filter(name -> !name.contains("running_"))
                            .collect(Collectors.toSet()));
            assertEquals(
                    8_401_152,
                    all.stream()
                            .filter(p -> p.name().startsWith("head."))
                            .mapToLong(Parameter::size)
                            .sum());
            assertTrue(dino.freezable("head.last_layer.weight_v"));
            assertTrue(!dino.freezable("head.mlp.6.weight"));
        }
    }

    private static void assertGroup(
            JsonNode group, int count, List<Parameter> all, java.util.function.Predicate<Parameter> member) {
        Set<String> expected = GoldenCase.strings(group.get("names")).stream()
                .map(n -> n.substring("student.".length()))
                .collect(Collectors.toSet());
        assertEquals(count, expected.size());
        assertEquals(expected, all.stream().filter(member).map(Parameter::name).collect(Collectors.toSet()));
    }
}
