package viewfit.ssl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import viewfit.core.recipe.AdamwRecipe;
import viewfit.core.recipe.Alpha;
import viewfit.core.recipe.BackboneRecipe;
import viewfit.core.recipe.BlurRecipe;
import viewfit.core.recipe.CheckpointRecipe;
import viewfit.core.recipe.CosineRecipe;
import viewfit.core.recipe.DinoRecipe;
import viewfit.core.recipe.HeadRecipe;
import viewfit.core.recipe.JitterRecipe;
import viewfit.core.recipe.LarsRecipe;
import viewfit.core.recipe.MethodRecipe;
import viewfit.core.recipe.MocoHeadRecipe;
import viewfit.core.recipe.MocoRecipe;
import viewfit.core.recipe.MonitorRecipe;
import viewfit.core.recipe.NormalizeRecipe;
import viewfit.core.recipe.OnDivergence;
import viewfit.core.recipe.OptimizerRecipe;
import viewfit.core.recipe.Precision;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.RampRecipe;
import viewfit.core.recipe.RangeRecipe;
import viewfit.core.recipe.SgdRecipe;
import viewfit.core.recipe.SpanRecipe;
import viewfit.core.recipe.SwavHeadRecipe;
import viewfit.core.recipe.SwavRecipe;
import viewfit.core.recipe.ViewGroup;
import viewfit.core.recipe.ViewKind;
import viewfit.core.recipe.ViewRecipe;
import viewfit.goldens.GoldenCase;

/** The recipe of a golden trajectory. */
final class TrajectoryRecipes {
    private final GoldenCase c;
    private final JsonNode h;
    private final JsonNode head;

    private TrajectoryRecipes(GoldenCase c) {
        this.c = c;
        this.h = c.get("hyper");
        this.head = h.get("head");
    }

    static PretrainRecipe of(GoldenCase c) {
        return new TrajectoryRecipes(c).recipe();
    }

    private PretrainRecipe recipe() {
        List<ViewGroup> groups = new ArrayList<>();
        groups.add(group(ViewKind.GLOBAL, integer("global_crops"), integer("global_px")));
        if (integer("local_crops") > 0) {
            groups.add(group(ViewKind.LOCAL, integer("local_crops"), integer("local_px")));
        }
        return new PretrainRecipe(
                "pretrain/1",
                "golden",
                0,
                integer("epochs"),
                integer("batch"),
                1,
                Precision.FP32,
                new BackboneRecipe(c.get("arch").asText(), false, 0),
                method(),
                new ViewRecipe(
                        new RangeRecipe(0.75, 4.0 / 3),
                        "bicubic",
                        new NormalizeRecipe(List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5)),
                        groups),
                optimizer(),
                new CosineRecipe("cosine", integer("warmup_epochs"), number("start_warmup"), number("min_lr"), false),
                new CheckpointRecipe(0, 0),
                new MonitorRecipe(0, 0, h.path("joint_linear_probe").asBoolean()),
                OnDivergence.FAIL);
    }

    /** Only kind, number and size matter here: the pixels are given. */
    private static ViewGroup group(ViewKind kind, int count, int size) {
        RangeRecipe any = new RangeRecipe(0.3, 1);
        return new ViewGroup(kind, count, size, any, 0, new JitterRecipe(0, 0, 0, 0, 0), 0, new BlurRecipe(0, any), 0);
    }

    private MethodRecipe method() {
        return switch (c.get("method").asText()) {
            case "DINO" -> dino();
            case "SWAV" -> swav();
            case "MOCO" -> moco();
            default -> throw new AssertionError("no method " + c.get("method"));
        };
    }

    private Alpha alpha() {
        return Alpha.of(LossGoldens.alpha(c));
    }

    private DinoRecipe dino() {
        return new DinoRecipe(
                "dino",
                alpha(),
                new HeadRecipe(
                        head.get("layers").asInt(),
                        head.get("hidden").asInt(),
                        head.get("bottleneck").asInt(),
                        head.get("out_dim").asInt(),
                        head.get("use_bn").asBoolean(),
                        !head.get("norm_last_layer").asBoolean()),
                number("student_temp"),
                new RampRecipe(
                        number("warmup_teacher_temp"), number("teacher_temp"), integer("warmup_teacher_temp_epochs")),
                number("center_momentum"),
                new SpanRecipe(number("teacher_momentum"), number("teacher_momentum_end")),
                integer("freeze_last_layer_epochs"));
    }

    private SwavRecipe swav() {
        List<Integer> assign = new ArrayList<>();
        h.get("crops_for_assign").forEach(v -> assign.add(v.asInt()));
        return new SwavRecipe(
                "swav",
                alpha(),
                new SwavHeadRecipe(
                        head.get("layers").asInt(),
                        head.get("hidden").asInt(),
                        head.get("out_dim").asInt(),
                        head.get("prototypes").asInt(),
                        head.get("use_bn").asBoolean()),
                number("temperature"),
                number("epsilon"),
                integer("sinkhorn_iterations"),
                Math.max(integer("queue_length_config"), integer("queue_rows")),
                integer("queue_start_epoch"),
                integer("freeze_prototypes_epochs"),
                assign);
    }

    private MocoRecipe moco() {
        return new MocoRecipe(
                "moco",
                alpha(),
                new MocoHeadRecipe(
                        head.get("layers").asInt(),
                        head.get("hidden").asInt(),
                        head.get("out_dim").asInt(),
                        head.get("use_bn").asBoolean(),
                        "normal"),
                number("temperature"),
                integer("queue"),
                number("key_momentum"),
                1);
    }

    private OptimizerRecipe optimizer() {
        SpanRecipe decay = new SpanRecipe(number("weight_decay"), number("weight_decay_end"));
        double decayDepthwise = number("wd_factor_dw");
        double decay1d = number("wd_factor_bias");
        double lr = number("base_lr_config");
        // The official SwAV does not clip, whatever its configuration says (golden/README.md, section 4, "Step order").
        double clip = c.get("method").asText().equals("SWAV") ? 0 : number("clip_grad");
        return switch (h.get("optimizer").asText()) {
            case "LARS" ->
                new LarsRecipe(
                        "lars",
                        lr,
                        256,
                        decay,
                        clip,
                        decayDepthwise,
                        decay1d,
                        number("sgd_momentum"),
                        number("lars_eta"),
                        !h.get("lars_exclude_dw").asBoolean(),
                        !h.get("lars_exclude_bias").asBoolean());
            case "AdamW" -> new AdamwRecipe("adamw", lr, 256, decay, clip, decayDepthwise, decay1d, 0.9, 0.999, 1e-8);
            case "SGD" ->
                new SgdRecipe(
                        "sgd",
                        lr,
                        256,
                        decay,
                        clip,
                        decayDepthwise,
                        decay1d,
                        number("sgd_momentum"),
                        h.path("nesterov").asBoolean(false));
            default -> throw new IllegalArgumentException(c.id() + ": no optimizer " + h.get("optimizer"));
        };
    }

    private double number(String key) {
        return GoldenCase.number(c.hyper(key));
    }

    private int integer(String key) {
        return c.hyper(key).asInt();
    }
}
