package viewfit.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import viewfit.checks.GoldenCheck;
import viewfit.checks.GoldenTheme;
import viewfit.core.recipe.OptimizerRecipe;
import viewfit.engine.GoldenNetworks;
import viewfit.engine.Gradients;
import viewfit.engine.Network;
import viewfit.engine.Program;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.formats.WeightGoldens;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.GoldenTensor;
import viewfit.goldens.Goldens;
import viewfit.graph.Graph;
import viewfit.graph.GraphBuilder;
import viewfit.graph.Parameter;
import viewfit.zoo.Backbones;
import viewfit.zoo.Heads;

/** Section 9, what trains and what comes from a checkpoint; the fine-tuning step's own program under the official classifier. */
public final class FinetuneGoldens implements GoldenTheme {
    private static final String HEAD = FinetuneNetwork.HEAD;
    private static final String COUNTER = "num_batches_tracked";

    /** Logits in training mode and the gradient that reaches the backbone: the step itself keeps both to itself. */
    private static final String LOOK =
            """
            def logits(self, x: Tensor, P: List[Tensor], B: List[Tensor], HP: List[Tensor], HB: List[Tensor]) -> Tensor:
              torch.set_grad_enabled(False)
              return self.head(self.backbone(x, P, B), HP, HB)
            def grad_x(self, x: Tensor, y: Tensor, P: List[Tensor], B: List[Tensor], HP: List[Tensor], HB: List[Tensor]) -> Tensor:
              torch.set_grad_enabled(True)
              v = torch.requires_grad_(torch.detach(x))
              loss = torch.cross_entropy_loss(self.head(self.backbone(v, P, B), HP, HB), y)
              g = torch.autograd.grad([loss], [v])
              torch.set_grad_enabled(False)
              return unchecked_cast(Tensor, g[0])
            """;

    @Override
    public Map<String, GoldenCheck> checks() {
        return Map.of(
                "semi_head", FinetuneGoldens::semiHead,
                "probe_param_groups", FinetuneGoldens::groups,
                "checkpoint_name_map", FinetuneGoldens::checkpointNames);
    }

    private static void semiHead(GoldenCase golden) {
        int width = (int) golden.inputShape("x")[1];
        Map<String, GoldenTensor> values = new LinkedHashMap<>();
        golden.tensors().forEach(t -> values.put(t.name(), t));
        SemiNames names = names(values.keySet());
        int hidden = (int) values.get(names.classifier() + ".fc1.weight").shape()[0];
        GraphBuilder nothing = new GraphBuilder("identity", width);
        Graph head = Heads.semiSupervised(
                width,
                names.layers(),
                hidden,
                names.batchNorm(),
                golden.get("num_classes").asInt());
        Map<String, Graph> parts = new LinkedHashMap<>();
        parts.put("backbone", nothing.build(nothing.input()));
        parts.put(HEAD, head);
        try (TorchRuntime runtime = TorchRuntime.open(Goldens.device(), 1)) {
            Network network = Network.allocate(runtime, parts, name -> false);
            network.state()
                    .forEach(p -> network.write(
                            p.name(), values.get(names.official(p.name())).values()));
            network.requireGradients();
            Gradients gradients = Gradients.of(network);
            List<Tensor> p = network.parameters(HEAD);
            List<Tensor> b = network.buffers(HEAD);
            List<Tensor> none = List.of();
            String text = FineTuner.text(network, runtime.script()) + LOOK;
            try (Program program = runtime.compile(text);
                    Scope scope = runtime.scope()) {
                Tensor x = runtime.tensor(scope, golden.input("x"), golden.inputShape("x"));
                long[] labels = GoldenCase.longs(golden.get("labels"));
                Tensor y = runtime.tensor(scope, labels, labels.length);
                Tensor loss = program.callOne(
                        scope, "step", x, y, none, none, p, b, network.trainable(), gradients.targets());
                golden.expected("loss_scalars").assertClose(runtime.scalar(loss));
                golden.expected("grad_norms").assertClose(norms(golden, names, network, gradients));
                // Before anything else moves the running statistics once more: they are those of one pass.
                assertStatistics(golden, names, network);
                golden.expected("eval_logits")
                        .assertClose(runtime.floats(program.callOne(scope, "score", x, none, none, p, b)));
                golden.expected("logits")
                        .assertClose(runtime.floats(program.callOne(scope, "logits", x, none, none, p, b)));
                golden.expected("grad_x")
                        .assertClose(runtime.floats(program.callOne(scope, "grad_x", x, y, none, none, p, b)));
            }
        }
    }

    /** {@code running_mean_bn2}: the first values of that statistic. */
    private static void assertStatistics(GoldenCase golden, SemiNames names, Network network) {
        for (String name : golden.expectedNames()) {
            for (String kind : List.of("running_mean", "running_var")) {
                if (name.startsWith(kind + "_bn")) {
                    String norm = names.normalisation(name.substring(kind.length() + 1));
                    float[] all = network.read(norm + "." + kind);
                    int listed = golden.expected(name).values().length;
                    golden.expected(name).assertClose(Arrays.copyOf(all, Math.min(listed, all.length)));
                }
            }
        }
    }

    private static float[] norms(GoldenCase golden, SemiNames names, Network network, Gradients gradients) {
        Map<String, String> ours = new HashMap<>();
        network.trainableNames().forEach(name -> ours.put(names.official(name), name));
        List<String> order = GoldenCase.strings(golden.get("grad_norms_order"));
        assertEquals(ours.keySet(), new TreeSet<>(order));
        float[] norms = new float[order.size()];
        for (int i = 0; i < norms.length; i++) {
            norms[i] = GoldenNetworks.norm(gradients.read(ours.get(order.get(i))));
        }
        return norms;
    }

    /** Which tensors train, which of them decay, and the rate of the recipe. */
    private static void groups(GoldenCase golden) {
        TreeSet<String> official = new TreeSet<>();
        TreeSet<String> resting = new TreeSet<>();
        for (JsonNode group : golden.get("groups")) {
            assertEquals(1, group.path("lr_factor").asDouble(1), "rate of a group");
            List<String> names = GoldenCase.strings(group.get("names"));
            official.addAll(names);
            if (group.path("weight_decay").asDouble(1) == 0) {
                resting.addAll(names);
            }
        }
        assertEquals(1, golden.get("lr_factor").asDouble());
        Map<String, Parameter> ours = trained(golden, official);
        assertEquals(official, new TreeSet<>(ours.keySet()));
        resting.forEach(
                n -> assertTrue(ours.get(n).vector() || ours.get(n).depthwise(), n + " decays although it should not"));
        assertRates(golden);
    }

    /** The parameters that train, by official name. */
    private static Map<String, Parameter> trained(GoldenCase golden, Set<String> official) {
        Map<String, Parameter> ours = new LinkedHashMap<>();
        switch (golden.get("eval_method").asText()) {
            case "Linear" ->
                Heads.linear(1, 2)
                        .parameters()
                        .forEach(p -> ours.put(p.name().replace("fc.", classifier(official) + "."), p));
            case "Semi" -> {
                SemiNames names = names(official);
                semi(golden, names).forEach((part, graph) -> graph.parameters().stream()
                        .filter(Parameter::trainable)
                        .forEach(p -> ours.put(names.official(part + "." + p.name()), p)));
            }
            default -> throw new AssertionError("no protocol " + golden.get("eval_method"));
        }
        return ours;
    }

    private static void assertRates(GoldenCase golden) {
        OptimizerRecipe optimizer = ProbeGoldens.optimizer(golden);
        int batch = golden.get("batch_per_gpu").asInt() * golden.get("gpus").asInt();
        int epochs = golden.get("epochs").asInt();
        double last = golden.get("min_lr").asDouble();
        Rates rates = new Rates(optimizer, batch, last, epochs, 3);
        double peak = GoldenCase.number(golden.get("lr"));
        assertEquals(peak, rates.lr(0), 1e-12 * peak);
        // U8: the value of the epoch's first step, held.
        double expected = last + .5 * (peak - last) * (1 + Math.cos(Math.PI * (epochs - 1) / epochs));
        assertEquals(expected, rates.lr(epochs - 1), 1e-12 * peak);
    }

    /** Which tensors come from the checkpoint and which start anew. The names in the checkpoint are still to be mapped. */
    private static void checkpointNames(GoldenCase golden) throws IOException {
        List<String> fresh = GoldenCase.strings(golden.get("left_at_initial_value"));
        TreeSet<String> mapped = new TreeSet<>();
        long counters = 0;
        int target = GoldenCase.strings(golden.get("columns")).indexOf("classifier_model");
        for (JsonNode row : golden.get("rows")) {
            String name = row.get(target).asText();
            if (name.endsWith(COUNTER)) {
                counters++;
            } else {
                mapped.add(name);
            }
        }
        TreeSet<String> all = new TreeSet<>(mapped);
        all.addAll(fresh);
        boolean useHead = golden.get("use_head").asBoolean();
        Map<String, Graph> parts = useHead
                ? semi(golden, names(all))
                : Map.of("backbone", Backbones.graph(golden.get("arch").asText()));
        TreeSet<String> loaded = new TreeSet<>();
        List<String> left = new ArrayList<>();
        parts.forEach((part, graph) -> graph.state().forEach(p -> {
            String full = part + "." + p.name();
            String name = useHead ? names(all).official(full) : p.name();
            if (FinetuneNetwork.pretrained(full)) {
                loaded.add(name);
            } else {
                left.add(name);
            }
        }));
        if (!useHead) {
            String classifier = classifier(new TreeSet<>(fresh));
            left.addAll(List.of(classifier + ".weight", classifier + ".bias"));
        }
        assertEquals(mapped, loaded);
        assertEquals(fresh, left);
        assertEquals(
                parts.values().stream().mapToInt(g -> g.batchNorms().size()).sum(), counters, "counters");
        WeightGoldens.importsByName(golden);
    }

    /** Backbone and head; only names count here, so the head is narrow. */
    private static Map<String, Graph> semi(GoldenCase golden, SemiNames names) {
        Graph backbone = Backbones.graph(golden.get("arch").asText());
        Map<String, Graph> parts = new LinkedHashMap<>();
        parts.put("backbone", backbone);
        parts.put(HEAD, Heads.semiSupervised(backbone.outputWidth(), names.layers(), 16, names.batchNorm(), 5));
        return parts;
    }

    /** Reads the shape of the head off the official names. */
    private static SemiNames names(Set<String> official) {
        String first = official.stream()
                .filter(n -> n.endsWith(".fc1.weight"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no first layer of a head in " + official));
        String classifier = first.substring(0, first.length() - ".fc1.weight".length());
        long layers = official.stream()
                .filter(n -> n.matches("\\Q" + classifier + "\\E\\.fc\\d+\\.weight"))
                .count();
        return new SemiNames(classifier, (int) layers - 1, official.contains(classifier + ".bn1.weight"));
    }

    private static String classifier(Set<String> names) {
        String bias = names.iterator().next();
        return bias.substring(0, bias.lastIndexOf('.'));
    }
}
