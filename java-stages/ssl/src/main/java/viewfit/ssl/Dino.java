package viewfit.ssl;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.core.recipe.DinoRecipe;
import viewfit.core.recipe.HeadRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.ViewGroup;
import viewfit.core.recipe.ViewKind;
import viewfit.engine.Gradients;
import viewfit.engine.Network;
import viewfit.engine.Program;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.graph.Graph;
import viewfit.zoo.Backbones;
import viewfit.zoo.Heads;

/**
 * Self-distillation without labels: a student learns to predict, from every view, what its own moving average says about
 * the global views. The equations are in {@link DinoProgram}.
 */
public final class Dino implements SslMethod {
    private final TorchRuntime runtime;
    private final DinoRecipe recipe;
    private final int globals;
    private final int views;
    private final Network student;
    private final Network teacher;
    private final Tensor center;
    private final Program program;
    /** Parameters and buffers of student backbone, student head, teacher backbone, teacher head. */
    private final List<List<Tensor>> tensors;

    private Dino(TorchRuntime runtime, PretrainRecipe whole, DinoRecipe recipe) {
        this.runtime = runtime;
        this.recipe = recipe;
        this.globals = count(whole.views().groups(), ViewKind.GLOBAL);
        this.views = globals + count(whole.views().groups(), ViewKind.LOCAL);
        HeadRecipe h = recipe.head();
        Graph backbone =
                Backbones.graph(whole.backbone().name(), whole.backbone().zeroInitResidual());
        Graph head = Heads.dino(
                backbone.outputWidth(),
                h.layers(),
                h.hidden(),
                h.bottleneck(),
                h.outDim(),
                h.batchNorm(),
                h.trainLastLayerNorm());
        Map<String, Graph> parts = new LinkedHashMap<>();
        parts.put("backbone", backbone);
        parts.put("head", head);
        this.student = Network.allocate(runtime, parts, this::freezable);
        this.teacher = Network.allocate(runtime, parts, this::freezable);
        this.center = runtime.zeros(runtime.run(), h.outDim());
        this.program = runtime.compile(DinoProgram.text(backbone, head));
        this.tensors = List.of(
                student.parameters("backbone"),
                student.buffers("backbone"),
                student.parameters("head"),
                student.buffers("head"),
                teacher.parameters("backbone"),
                teacher.buffers("backbone"),
                teacher.parameters("head"),
                teacher.buffers("head"));
        student.requireGradients();
    }

    /** Allocates student, teacher and centre, all zero; {@link Trainer} fills them. */
    static Dino of(TorchRuntime runtime, PretrainRecipe whole, DinoRecipe recipe) {
        return new Dino(runtime, whole, recipe);
    }

    private static int count(List<ViewGroup> groups, ViewKind kind) {
        return groups.stream()
                .filter(g -> g.kind() == kind)
                .mapToInt(ViewGroup::count)
                .sum();
    }

    @Override
    public Map<String, Network> networks() {
        Map<String, Network> networks = new LinkedHashMap<>();
        networks.put("student", student);
        networks.put("teacher", teacher);
        return networks;
    }

    @Override
    public Map<String, Tensor> state() {
        return Map.of("center", center);
    }

    @Override
    public boolean freezable(String parameter) {
        return parameter.startsWith("head.last_layer.");
    }

    @Override
    public Outputs gradients(Scope scope, List<Tensor> passes, int n, Clock clock, Gradients gradients) {
        List<Tensor> results = program.call(
                scope,
                "step",
                passes,
                tensors.get(0),
                tensors.get(1),
                tensors.get(2),
                tensors.get(3),
                tensors.get(4),
                tensors.get(5),
                tensors.get(6),
                tensors.get(7),
                student.trainable(),
                gradients.views(),
                center,
                (long) views,
                (long) globals,
                (long) n,
                recipe.alpha(),
                recipe.studentTemp(),
                clock.teacherTemp(),
                recipe.centerMomentum());
        student.countPasses("backbone", passes.size());
        student.countPasses("head", 1);
        teacher.countPasses("backbone", 1);
        teacher.countPasses("head", 1);
        return new Outputs(report(runtime.floats(results.get(0))), results.get(1), results.get(2));
    }

    private static StepReport report(float[] r) {
        return new StepReport(
                r[DinoProgram.LOSS],
                r[DinoProgram.LOSS_GLOBAL],
                r[DinoProgram.LOSS_LOCAL],
                r[DinoProgram.TEACHER_ENTROPY],
                r[DinoProgram.DIVERGENCE],
                r[DinoProgram.FEATURE_STD],
                r[DinoProgram.CENTER_NORM],
                r[DinoProgram.TEACHER_INFORMATION],
                r[DinoProgram.VIEW_CORRELATION]);
    }

    /** Parameters only: each network keeps the batch-norm statistics of its own passes. */
    @Override
    public void follow(Clock clock) {
        program.run("follow", teacher.flat(), student.flat(), clock.teacherMomentum());
    }

    @Override
    public void close() {
        program.close();
    }
}
