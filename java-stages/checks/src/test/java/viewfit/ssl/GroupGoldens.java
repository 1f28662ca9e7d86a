package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import viewfit.checks.GoldenCheck;
import viewfit.checks.GoldenTheme;
import viewfit.core.recipe.Alpha;
import viewfit.core.recipe.BackboneRecipe;
import viewfit.core.recipe.DinoRecipe;
import viewfit.core.recipe.HeadRecipe;
import viewfit.core.recipe.MethodRecipe;
import viewfit.core.recipe.MocoHeadRecipe;
import viewfit.core.recipe.MocoRecipe;
import viewfit.core.recipe.RampRecipe;
import viewfit.core.recipe.SpanRecipe;
import viewfit.core.recipe.SwavHeadRecipe;
import viewfit.core.recipe.SwavRecipe;
import viewfit.goldens.GoldenCase;
import viewfit.graph.Parameter;
import viewfit.zoo.Heads;

/**
 * Section 6: which tensors an optimiser trains, and by which rule. The optimiser decides by the kind of a tensor
 * (everything else, depth-wise, vector), so a group of the reference must be one kind.
 */
public final class GroupGoldens implements GoldenTheme {
    @Override
    public Map<String, GoldenCheck> checks() {
        return Map.of("param_groups", GroupGoldens::groups);
    }

    private static void groups(GoldenCase golden) {
        List<Parameter> trained = new ArrayList<>();
        String network = prefix(golden);
        MethodGraphs.of(new BackboneRecipe(golden.get("arch").asText(), false, 0), method(golden), 0)
                .forEach((part, graph) -> graph.parameters().stream()
                        .filter(Parameter::trainable)
                        .forEach(p -> trained.add(named(network + part + "." + p.name(), p))));
        if (golden.get("joint_linear_probe").asBoolean()) {
            Heads.linear(8, 10)
                    .parameters()
                    .forEach(p -> trained.add(named("classifier." + p.name().replace("fc.", ""), p)));
        }
        List<List<String>> actual = new ArrayList<>();
        for (int kind = 0; kind < 3; kind++) {
            int k = kind;
            List<String> names = trained.stream()
                    .filter(p -> kind(p) == k)
                    .map(Parameter::name)
                    .toList();
            if (!names.isEmpty()) {
                actual.add(names);
            }
        }
        List<List<String>> expected = new ArrayList<>();
        for (JsonNode group : golden.get("groups")) {
            expected.add(GoldenCase.strings(group.get("names")));
            if (expected.size() == 1) {
                // Depth-wise weights and vectors have their switches; everything else always decays and is scaled.
                assertEquals(1, group.path("wd_factor").asDouble(1), "decay of the first group");
                assertFalse(group.path("lars_exclude").asBoolean(false), "trust ratio of the first group");
            }
        }
        assertEquals(expected, actual);
    }

    private static Parameter named(String name, Parameter p) {
        return new Parameter(name, p.shape(), p.init(), true);
    }

    private static int kind(Parameter p) {
        return p.vector() ? 2 : p.depthwise() ? 1 : 0;
    }

    private static String prefix(GoldenCase golden) {
        return switch (golden.get("method").asText()) {
            case "DINO" -> "student.";
            case "SWAV" -> "network.";
            case "MOCO" -> "encoder_q.";
            default -> throw new AssertionError("no method " + golden.get("method"));
        };
    }

    /** Widths do not matter here, layers do: three in DINO's head, two in the others, as in every official configuration. */
    private static MethodRecipe method(GoldenCase golden) {
        Alpha alpha = Alpha.equalPairs();
        boolean bn = golden.get("use_bn_in_head").asBoolean();
        return switch (golden.get("method").asText()) {
            case "DINO" ->
                new DinoRecipe(
                        "dino",
                        alpha,
                        new HeadRecipe(
                                3, 8, 8, 8, bn, !golden.get("norm_last_layer").asBoolean()),
                        0.1,
                        new RampRecipe(0.04, 0.07, 0),
                        0.9,
                        new SpanRecipe(1, 1),
                        0);
            case "SWAV" ->
                new SwavRecipe("swav", alpha, new SwavHeadRecipe(2, 8, 8, 8, bn), 0.1, 0.05, 3, 0, 0, 0, List.of(0, 1));
            default -> new MocoRecipe("moco", alpha, new MocoHeadRecipe(2, 8, 8, bn, "normal"), 0.2, 8, 0.99, 1);
        };
    }
}
