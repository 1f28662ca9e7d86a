package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import viewfit.checks.GoldenCheck;
import viewfit.checks.GoldenTheme;
import viewfit.core.recipe.AdamwRecipe;
import viewfit.core.recipe.LarsRecipe;
import viewfit.core.recipe.OptimizerRecipe;
import viewfit.core.recipe.SgdRecipe;
import viewfit.core.recipe.SpanRecipe;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.Goldens;
import viewfit.graph.Graph;
import viewfit.graph.Init;
import viewfit.graph.Parameter;

/** Section 6: update rules of the official code (LARS) and PyTorch (AdamW, SGD), step by step. */
public final class OptimizerGoldens implements GoldenTheme {
    private static final SpanRecipe NO_DECAY = new SpanRecipe(0, 0);

    @Override
    public Map<String, GoldenCheck> checks() {
        return Map.of("optimizer", OptimizerGoldens::steps, "clip_gradients", OptimizerGoldens::clipping);
    }

    /** Tensors that one network can hold: they rest at the same steps, in the same group, and recipes treat them alike. */
    private record Kin(Set<Integer> rests, int group, Rank rank) {}

    private static void steps(GoldenCase golden) {
        Map<Kin, List<String>> kins = new LinkedHashMap<>();
        for (int g = 0; g < golden.get("groups").size(); g++) {
            for (String name : GoldenCase.strings(golden.get("groups").get(g).get("names"))) {
                Set<Integer> rests = new TreeSet<>();
                golden.get("none_grad_steps").path(name).forEach(step -> rests.add(step.asInt()));
                Rank rank = Rank.of(parameter(name, golden.get("params").get(name)));
                kins.computeIfAbsent(new Kin(rests, g, rank), k -> new ArrayList<>())
                        .add(name);
            }
        }
        kins.forEach((kin, names) -> steps(golden, kin, names));
    }

    private static void steps(GoldenCase golden, Kin kin, List<String> names) {
        List<String> order = GoldenCase.strings(golden.get("grads_order"));
        double[] lr = GoldenCase.doubles(golden.get("lr_per_step"));
        double[] wd = GoldenCase.doubles(golden.get("weight_decay_per_step"));
        double factor = factor(golden, kin.group());
        // A recipe always decays matrices in full: another factor of theirs is that of the schedule.
        double schedule = kin.rank() == Rank.MATRIX ? factor : 1;
        List<Parameter> parameters = names.stream()
                .map(n -> parameter(n, golden.get("params").get(n)))
                .toList();
        try (TorchRuntime runtime = TorchRuntime.open(Goldens.device(), 1)) {
            Network network = network(runtime, parameters, !kin.rests().isEmpty());
            names.forEach(n -> network.write(
                    "p." + n, GoldenCase.values(golden.get("params").get(n))));
            Gradients gradients = Gradients.of(network);
            try (Optimizer optimizer = Optimizer.of(network, gradients, recipe(golden, kin, factor))) {
                for (int step = 0; step < lr.length; step++) {
                    JsonNode given = golden.get("grads").get(step);
                    boolean moves = !kin.rests().contains(step);
                    for (String name : moves ? names : List.<String>of()) {
                        gradients.write("p." + name, GoldenCase.values(given.get(order.indexOf(name))));
                    }
                    optimizer.step(lr[step], schedule * wd[step], moves);
                    for (String name : names) {
                        String expected = "p:" + name + ":" + step;
                        if (golden.expects(expected)) {
                            golden.expected(expected).assertClose(network.read("p." + name));
                        }
                    }
                }
            }
        }
    }

    private static double factor(GoldenCase golden, int group) {
        JsonNode flags = golden.get("groups").get(group).get("flags");
        return group == 0 ? 1 : flags.path("wd_factor").asDouble(1);
    }

    /** What a recipe decides by: everything else, depth-wise convolutions, vectors. */
    private enum Rank {
        MATRIX,
        DEPTHWISE,
        VECTOR;

        static Rank of(Parameter p) {
            return p.vector() ? VECTOR : p.depthwise() ? DEPTHWISE : MATRIX;
        }
    }

    private static OptimizerRecipe recipe(GoldenCase golden, Kin kin, double factor) {
        // The probe's variant has no flags: it decides by rank.
        boolean byRank = golden.get("optimizer").asText().equals("LARS_eval") && kin.rank() == Rank.VECTOR;
        double share = byRank ? 0 : factor;
        boolean excluded = golden.get("groups")
                .get(kin.group())
                .get("flags")
                .path("lars_exclude")
                .asBoolean(byRank);
        assertTrue(kin.rank() != Rank.MATRIX || !excluded, "a recipe always scales matrices");
        return switch (golden.get("optimizer").asText()) {
            case "LARS", "LARS_eval" ->
                new LarsRecipe(
                        "lars",
                        1,
                        256,
                        NO_DECAY,
                        0,
                        share,
                        share,
                        golden.hyper("momentum").asDouble(),
                        golden.hyper("eta").asDouble(),
                        !excluded,
                        !excluded);
            case "AdamW" ->
                new AdamwRecipe(
                        "adamw",
                        1,
                        256,
                        NO_DECAY,
                        0,
                        share,
                        share,
                        golden.hyper("betas").get(0).asDouble(),
                        golden.hyper("betas").get(1).asDouble(),
                        golden.hyper("eps").asDouble());
            case "SGD" ->
                new SgdRecipe(
                        "sgd",
                        1,
                        256,
                        NO_DECAY,
                        0,
                        share,
                        share,
                        golden.hyper("momentum").asDouble(),
                        golden.hyper("nesterov").asBoolean());
            default -> throw new AssertionError("no optimiser " + golden.get("optimizer"));
        };
    }

    private static void clipping(GoldenCase golden) {
        JsonNode grads = golden.get("grads");
        List<Parameter> list = new ArrayList<>();
        for (int i = 0; i < grads.size(); i++) {
            list.add(parameter("g" + i, grads.get(i)));
        }
        // Plain SGD from 0 with rate -1 turns each parameter into its clipped gradient.
        OptimizerRecipe sgd =
                new SgdRecipe("sgd", 1, 256, NO_DECAY, golden.get("clip").asDouble(), 0, 0, 0, false);
        try (TorchRuntime runtime = TorchRuntime.open(Goldens.device(), 1)) {
            Network network = network(runtime, list, false);
            Gradients gradients = Gradients.of(network);
            try (Program program = runtime.compile(OptimizerPrograms.TEXT);
                    Scope scope = runtime.scope()) {
                write(gradients, grads);
                double clip = golden.get("clip").asDouble();
                float[] found = runtime.floats(program.callOne(scope, "clip", gradients.views(), clip));
                float[] norms = new float[found.length];
                for (int i = 0; i < norms.length; i++) {
                    norms[i] = found[network.trainableNames().indexOf("p.g" + i)];
                }
                golden.expected("norms").assertClose(norms);
            }
            write(gradients, grads);
            try (Optimizer optimizer = Optimizer.of(network, gradients, sgd)) {
                optimizer.step(-1, 0, true);
            }
            for (int i = 0; i < grads.size(); i++) {
                golden.expected("g" + i).assertClose(network.read("p.g" + i));
            }
        }
    }

    private static void write(Gradients gradients, JsonNode grads) {
        for (int i = 0; i < grads.size(); i++) {
            gradients.write("p.g" + i, GoldenCase.values(grads.get(i)));
        }
    }

    private static Parameter parameter(String name, JsonNode fill) {
        List<Integer> shape = new ArrayList<>();
        fill.get("shape").forEach(n -> shape.add(n.asInt()));
        return new Parameter(name, shape, new Init.Constant(0), true);
    }

    private static Network network(TorchRuntime runtime, List<Parameter> parameters, boolean freezable) {
        Graph graph = new Graph("p", 1, List.of(), parameters, List.of(), 0, 1, Map.of());
        return Network.allocate(runtime, Map.of("p", graph), name -> freezable);
    }
}
