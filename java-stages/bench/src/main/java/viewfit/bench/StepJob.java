package viewfit.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import viewfit.core.recipe.Recipes;

/**
 * What one comparison trains: an official recipe whose views, batch and widest layers are cut to what two cores can do.
 *
 * <p>Changed in the recipe: the sizes of the views, six local ones, the batch; DINO's outputs, MoCo's queue, and SwAV's queue
 * to the share of the batch that it has in the official run, filled from the first step. Nothing rests in the first epoch and
 * there is no warm-up, since this is how all but a few of the 200 epochs go.
 *
 * @param network {@code mobilenet_v2}, {@code resnet18} or {@code vit_tiny}
 * @param method {@code dino}, {@code swav} or {@code moco}
 * @param global side of the two global views in pixels
 * @param local side of the six local views
 * @param threads threads of every side
 * @param images files that the views are made of, with as many workers as threads; null for noise that lies ready
 */
record StepJob(String network, String method, int global, int local, int threads, @Nullable Photographs images) {
    static final List<String> NETWORKS = List.of("mobilenet_v2", "resnet18", "vit_tiny");
    static final List<String> METHODS = List.of("dino", "swav", "moco");

    /** Length of an epoch: schedules depend on it, and hardly move in a benchmark. */
    static final int STEPS_PER_EPOCH = 1000;

    private static final int LOCALS = 6;
    private static final int OUTPUTS = 4096;
    private static final int MOCO_QUEUE = 16384;
    /** SwAV's official queue holds 3072 rows beside a batch of 1024. */
    private static final int SWAV_BATCHES = 3;

    private static final int LARGE = 128;

    StepJob {
        require("--networks", network, NETWORKS);
        require("--methods", method, METHODS);
    }

    private static void require(String option, String found, List<String> allowed) {
        if (!allowed.contains(found)) {
            throw new IllegalArgumentException(option + " " + found + ": must be among " + String.join(", ", allowed));
        }
    }

    /** On noise. */
    static StepJob of(String network, String method, String sizes, int threads) {
        return of(network, method, sizes, threads, null);
    }

    /** Sizes as {@code 224/96}: global, then local. */
    static StepJob of(String network, String method, String sizes, int threads, @Nullable Photographs images) {
        String[] sides = sizes.split("/", -1);
        if (sides.length != 2) {
            throw new IllegalArgumentException("--sizes " + sizes + ": must be GLOBAL/LOCAL, such as 224/96");
        }
        return new StepJob(network, method, Integer.parseInt(sides[0]), Integer.parseInt(sides[1]), threads, images);
    }

    private int batch() {
        return global >= LARGE ? 8 : 16;
    }

    private boolean transformer() {
        return network.startsWith("vit_");
    }

    /**
     * @param precision as in a recipe
     * @param check whether the losses are looked at, not the time: no branch of a transformer is dropped at random, and SwAV's
     *     queue is full after one step
     */
    private ObjectNode tree(String precision, boolean check) {
        ObjectNode recipe = read(method.equals("dino") ? "dino-" + file() + "-ours" : method + "-mobilenetv2-ours");
        ObjectNode ofNetwork = read("dino-" + file() + "-ours");
        recipe.set("backbone", ofNetwork.get("backbone"));
        if (transformer()) {
            recipe.set("optimizer", ofNetwork.get("optimizer"));
            recipe.set("schedule", ofNetwork.get("schedule"));
            if (check) {
                ((ObjectNode) recipe.get("backbone")).put("drop-path", 0.0);
            }
        }
        recipe.put("batch-size", batch()).put("precision", precision);
        ((ObjectNode) recipe.get("schedule")).put("warmup-epochs", 0);
        editViews(recipe.get("views").get("groups"));
        editMethod((ObjectNode) recipe.get("method"), check ? 1 : SWAV_BATCHES);
        return recipe;
    }

    private String file() {
        return network.equals("mobilenet_v2") ? "mobilenetv2" : network.replace('_', '-');
    }

    private static ObjectNode read(String name) {
        Path file = Places.recipe(name);
        return (ObjectNode) Recipes.tree(Recipes.text(file), file.toString());
    }

    private void editViews(JsonNode groups) {
        for (JsonNode group : groups) {
            boolean small = group.get("kind").asText().equals("local");
            ((ObjectNode) group).put("size", small ? local : global).put("count", small ? LOCALS : 1);
        }
    }

    private void editMethod(ObjectNode edited, int swavBatches) {
        switch (method) {
            case "dino" -> {
                edited.put("freeze-last-layer-epochs", 0);
                ((ObjectNode) edited.get("head")).put("out-dim", OUTPUTS);
            }
            case "swav" ->
                edited.put("freeze-prototypes-epochs", 0)
                        .put("queue-start-epoch", 0)
                        .put("queue-length", swavBatches * batch());
            default -> edited.put("queue-length", MOCO_QUEUE);
        }
    }

    /**
     * The job as both sides read it, one line of JSON.
     *
     * @param mode what Python does, see {@code reference_step.py}
     * @param weights a file of weights, queue and pixels to start from, for a check
     */
    String line(String precision, String mode, @Nullable Path weights) {
        ObjectNode job = JsonNodeFactory.instance.objectNode();
        job.set("recipe", tree(precision, weights != null));
        job.put("mode", mode).put("threads", threads).put("steps-per-epoch", STEPS_PER_EPOCH);
        if (images != null) {
            ObjectNode files = job.putObject("images");
            files.put("root", images.root().toString()).put("workers", threads);
            images.paths().forEach(files.putArray("files")::add);
        }
        if (weights != null) {
            job.put("weights", weights.toString());
        }
        return job.toString();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s, %s, 2 x %d + %d x %d, batch %d, %d thread%s%s",
                network,
                method,
                global,
                LOCALS,
                local,
                batch(),
                threads,
                threads == 1 ? "" : "s",
                images == null ? "" : ", from files, with as many workers");
    }
}
