package viewfit.core.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import viewfit.core.schedule.Schedules;

/**
 * A recipe in the words of the published configurations. A key that stands nowhere here is not known, and a configuration
 * that has it cannot be compared.
 */
final class PublishedValues {
    /** Some published values are products or complements of what a recipe says. */
    private static final double RELATIVE = 1e-9;

    private final PretrainRecipe recipe;
    private final Map<String, JsonNode> known = new LinkedHashMap<>();
    private final Map<String, String> notApplicable = new LinkedHashMap<>();

    private PublishedValues(PretrainRecipe recipe, JsonNode published) {
        this.recipe = recipe;
        run(published.path("gpus").asDouble(), published.path("batch_per_gpu").asDouble());
        optimizer(recipe.optimizer());
        schedule(recipe.schedule());
        views(recipe.views());
        if (recipe.method() instanceof DinoRecipe dino) {
            dino(dino);
        } else if (recipe.method() instanceof SwavRecipe swav) {
            swav(swav, published.path("gpus").asDouble());
        } else if (recipe.method() instanceof MocoRecipe moco) {
            moco(moco);
        }
    }

    /**
     * What a recipe says otherwise, one line for each key.
     *
     * @throws AssertionError at a key of {@code published} that is neither compared nor named as not applicable
     */
    static List<String> differences(JsonNode published, PretrainRecipe recipe) {
        PublishedValues file = new PublishedValues(recipe, published);
        List<String> lines = new ArrayList<>();
        flat("", published).forEach((key, value) -> {
            if (file.notApplicable.containsKey(key)) {
                return;
            }
            JsonNode own = file.known.get(key);
            if (own == null) {
                throw new AssertionError("the published value " + key + " is not compared with "
                        + recipe.method().name() + " recipes");
            }
            if (!equal(value, own)) {
                lines.add(key + " is " + own + ", published is " + value);
            }
        });
        return lines;
    }

    /** Keys that mean nothing for this recipe, each with its reason. */
    static Map<String, String> notApplicable(JsonNode published, PretrainRecipe recipe) {
        return Map.copyOf(new PublishedValues(recipe, published).notApplicable);
    }

    /** Members of members get dotted keys. */
    static Map<String, JsonNode> flat(String prefix, JsonNode node) {
        Map<String, JsonNode> all = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (member.getValue().isObject()) {
                all.putAll(flat(prefix + member.getKey() + ".", member.getValue()));
            } else {
                all.put(prefix + member.getKey(), member.getValue());
            }
        }
        return all;
    }

    private static boolean equal(JsonNode a, JsonNode b) {
        if (a.isNumber() && b.isNumber()) {
            double x = a.doubleValue();
            double y = b.doubleValue();
            return Math.abs(x - y) <= RELATIVE * Math.max(Math.abs(x), Math.abs(y));
        }
        if (a.isArray() && b.isArray() && a.size() == b.size()) {
            for (int i = 0; i < a.size(); i++) {
                if (!equal(a.get(i), b.get(i))) {
                    return false;
                }
            }
            return true;
        }
        if (a.isTextual() && b.isTextual()) {
            return a.textValue().equalsIgnoreCase(b.textValue());
        }
        return a.equals(b);
    }

    private void put(String key, @Nullable Object value) {
        known.put(key, value == null ? NullNode.instance : RecordTree.node(value));
    }

    private void run(double gpus, double batchPerGpu) {
        put("method", recipe.method().name());
        put("default_arch", recipe.backbone().name());
        put(
                "drop_path",
                recipe.backbone().name().startsWith("vit_") ? recipe.backbone().dropPath() : null);
        put("epochs", recipe.epochs());
        put("global_batch", recipe.batchSize());
        // A recipe counts over all devices: what matters is the product.
        if (gpus > 0 && batchPerGpu > 0) {
            put("batch_per_gpu", recipe.batchSize() / gpus);
            put("gpus", recipe.batchSize() / batchPerGpu);
        } else {
            notApplicable.put("batch_per_gpu", "without the number of GPUs it says nothing of the batch");
            notApplicable.put("gpus", "without the batch of each it says nothing of the batch");
        }
    }

    private void optimizer(OptimizerRecipe optimizer) {
        put("optimizer", optimizer.name());
        put("base_lr_config", Schedules.scaleToBatch(optimizer.lr(), optimizer.lrReferenceBatch(), 256));
        put("base_lr", Schedules.scaleToBatch(optimizer.lr(), optimizer.lrReferenceBatch(), recipe.batchSize()));
        put("weight_decay", optimizer.weightDecay().start());
        put("weight_decay_end", optimizer.weightDecay().end());
        put("clip_grad", optimizer.clip());
        put("wd_factor_bias", optimizer.weightDecayOn1d());
        put("wd_factor_dw", optimizer.weightDecayOnDepthwise());
        if (optimizer instanceof LarsRecipe lars) {
            put("sgd_momentum", lars.momentum());
            put("lars_exclude_bias", !lars.trustOn1d());
            put("lars_exclude_dw", !lars.trustOnDepthwise());
            return;
        }
        notApplicable.put("lars_exclude_bias", "read by LARS alone, this is " + optimizer.name());
        notApplicable.put("lars_exclude_dw", "read by LARS alone, this is " + optimizer.name());
        if (optimizer instanceof SgdRecipe sgd) {
            put("sgd_momentum", sgd.momentum());
        } else {
            notApplicable.put("sgd_momentum", "Adam has its betas, the published code reads no momentum for it");
        }
    }

    private void schedule(ScheduleRecipe schedule) {
        boolean perStep = schedule instanceof CosineRecipe cosine && !cosine.perEpoch();
        put("scheduler", perStep ? "cos" : schedule.name() + ", by epoch");
        put("min_lr", schedule instanceof CosineRecipe cosine ? cosine.finalLr() : null);
        put("warmup_epochs", schedule.warmupEpochs());
        put("start_warmup", schedule.warmupStart());
    }

    private void views(ViewRecipe views) {
        List<ViewGroup> all = new ArrayList<>();
        views.groups().forEach(group -> {
            for (int i = 0; i < group.count(); i++) {
                all.add(group);
            }
        });
        List<ViewGroup> globals = all.subList(0, views.count(ViewKind.GLOBAL));
        List<ViewGroup> locals = all.subList(globals.size(), all.size());
        put("aspect_ratio", range(views.aspect()));
        put("interpolation", views.interpolation());
        put("mean", views.normalize().mean());
        put("std", views.normalize().std());
        put("global_crops", globals.size());
        put("local_crops", locals.size());
        put("global_px", shared(globals, ViewGroup::size));
        put("local_px", shared(locals, ViewGroup::size));
        put("global_scale", shared(globals, group -> range(group.scale())));
        put("local_scale", shared(locals, group -> range(group.scale())));
        put("flip_prob", shared(all, ViewGroup::flip));
        put("jitter_prob", shared(all, group -> group.jitter().probability()));
        put("jitter_brightness_contrast_saturation_hue", shared(all, group -> strengths(group.jitter())));
        put("grey_prob", shared(all, ViewGroup::grayscale));
        List<Object> blur = new ArrayList<>(
                globals.stream().map(g -> g.blur().probability()).toList());
        if (!locals.isEmpty()) {
            blur.add(shared(locals, group -> group.blur().probability()));
        }
        put("blur_prob_global1_global2_local", blur);
        put("blur_radius_range", shared(all, group -> range(group.blur().sigma())));
        // The published code never solarizes the first global view and the local ones.
        List<Double> solarize = all.stream().map(ViewGroup::solarize).toList();
        boolean second = solarize.size() > 1;
        for (int i = 0; i < solarize.size(); i++) {
            second &= i == 1 || solarize.get(i) == 0;
        }
        put("solarize_prob_global2", second ? solarize.get(1) : solarize);
        // Not a key: ViewGroup.solarize inverts pixels of 128 and above.
        put("solarize_threshold", 128);
    }

    private void alpha(Alpha alpha) {
        double weight = alpha.weight(
                recipe.views().count(ViewKind.GLOBAL), recipe.views().count(ViewKind.LOCAL));
        put("alpha", weight);
        put("beta", 1 - weight);
    }

    private void dino(DinoRecipe dino) {
        alpha(dino.alpha());
        put("freeze_last_layer_epochs", dino.freezeLastLayerEpochs());
        put("student_temp", dino.studentTemp());
        put("warmup_teacher_temp", dino.teacherTemp().start());
        put("teacher_temp", dino.teacherTemp().end());
        put("warmup_teacher_temp_epochs", dino.teacherTemp().warmupEpochs());
        put("center_momentum", dino.centerMomentum());
        put("teacher_momentum", dino.teacherMomentum().start());
        put("teacher_momentum_end", dino.teacherMomentum().end());
        put("head.layers", dino.head().layers());
        put("head.hidden", dino.head().hidden());
        put("head.bottleneck", dino.head().bottleneck());
        put("head.out_dim", dino.head().outDim());
        put("head.use_bn", dino.head().batchNorm());
        put("head.norm_last_layer", !dino.head().trainLastLayerNorm());
    }

    private void swav(SwavRecipe swav, double gpus) {
        alpha(swav.alpha());
        // The key of DINO: no layer of SwAV is frozen by it.
        put("freeze_last_layer_epochs", 0);
        put("freeze_prototypes_epochs", swav.freezePrototypesEpochs());
        put("temperature", swav.temperature());
        put("epsilon", swav.epsilon());
        put("sinkhorn_iterations", swav.sinkhornIterations());
        put("queue_length_config", swav.queueLength());
        put("queue_rows_global", swav.queueRows(recipe.batchSize()));
        if (gpus > 0) {
            put("queue_rows_per_gpu", swav.queueRows(recipe.batchSize()) / gpus);
        } else {
            notApplicable.put("queue_rows_per_gpu", "without the number of GPUs it says nothing of the queue");
        }
        put("queue_start_epoch", swav.queueStartEpoch());
        put("crops_for_assign", swav.assignViews());
        put("head.layers", swav.head().layers());
        put("head.hidden", swav.head().hidden());
        put("head.out_dim", swav.head().outDim());
        put("head.prototypes", swav.head().prototypes());
        put("head.use_bn", swav.head().batchNorm());
    }

    private void moco(MocoRecipe moco) {
        alpha(moco.alpha());
        // The key of DINO: no layer of MoCo is frozen.
        put("freeze_last_layer_epochs", 0);
        put("temperature", moco.temperature());
        put("queue", moco.queueLength());
        put("key_momentum", moco.keyMomentum());
        put("head.layers", moco.head().layers());
        put("head.hidden", moco.head().hidden());
        put("head.out_dim", moco.head().outDim());
        put("head.use_bn", moco.head().batchNorm());
    }

    /** The one value that all have; all of them, which equals nothing published, if they differ; null if there is none. */
    private static @Nullable Object shared(List<ViewGroup> groups, Function<ViewGroup, Object> value) {
        List<Object> distinct = groups.stream().map(value).distinct().toList();
        return distinct.isEmpty() ? null : distinct.size() == 1 ? distinct.get(0) : distinct;
    }

    private static List<Double> range(RangeRecipe range) {
        return List.of(range.low(), range.high());
    }

    private static List<Double> strengths(JitterRecipe jitter) {
        return List.of(jitter.brightness(), jitter.contrast(), jitter.saturation(), jitter.hue());
    }
}
