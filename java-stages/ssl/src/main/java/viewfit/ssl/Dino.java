package viewfit.ssl;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.core.recipe.DinoRecipe;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.ViewKind;
import viewfit.core.schedule.Schedule;
import viewfit.core.schedule.Schedules;
import viewfit.engine.Gradients;
import viewfit.engine.Network;
import viewfit.engine.Program;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.graph.Graph;

/**
 * Self-distillation without labels: a student learns to predict, from every view, what its own moving average says about
 * the global views. The equations are in {@link DinoProgram}.
 */
public final class Dino implements SslMethod {
    private final DinoRecipe recipe;
    private final int globals;
    private final int views;
    private final double alpha;
    private final Schedule teacherMomentum;
    private final Schedule teacherTemp;
    private final Network student;
    private final Network teacher;
    private final Tensor center;
    private final DropPaths dropPaths;
    private final Program program;

    private Dino(TorchRuntime runtime, PretrainRecipe whole, DinoRecipe recipe, long steps) {
        this.recipe = recipe;
        this.globals = whole.views().count(ViewKind.GLOBAL);
        this.views = globals + whole.views().count(ViewKind.LOCAL);
        this.alpha = recipe.alpha().weight(globals, views - globals);
        this.teacherMomentum = Schedules.cosine(
                recipe.teacherMomentum().start(), recipe.teacherMomentum().end(), steps);
        this.teacherTemp = Schedules.teacherTemperature(
                recipe.teacherTemp().start(),
                recipe.teacherTemp().end(),
                recipe.teacherTemp().warmupEpochs());
        Map<String, Graph> parts = MethodGraphs.of(whole.backbone(), recipe, 0);
        this.student = Network.allocate(runtime, parts, this::freezable);
        this.teacher = Network.allocate(runtime, parts, this::freezable);
        this.center = runtime.zeros(runtime.run(), recipe.head().outDim());
        this.dropPaths =
                new DropPaths(runtime, student.graph(MethodGraphs.BACKBONE).dropPaths(), whole.seed());
        this.program = runtime.compile(DinoProgram.text(student, runtime.script(whole.precision())));
        student.requireGradients();
    }

    /** Allocates student, teacher and centre, all zero; {@link Trainer} fills them. */
    static Dino of(TorchRuntime runtime, PretrainRecipe whole, DinoRecipe recipe, long steps) {
        return new Dino(runtime, whole, recipe, steps);
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
    public int freezeEpochs() {
        return recipe.freezeLastLayerEpochs();
    }

    @Override
    public int codes() {
        return recipe.head().outDim();
    }

    @Override
    public List<Measure> measures() {
        return DinoProgram.REPORT;
    }

    @Override
    public Map<Measure, Double> scheduled(Clock clock) {
        return Map.of(
                Measure.TEACHER_TEMP,
                teacherTemp.at(clock.epoch()),
                Measure.TEACHER_MOMENTUM,
                teacherMomentum.at(clock.step()));
    }

    @Override
    public Outputs gradients(Scope scope, StepBatch batch, Clock clock, Gradients gradients) {
        List<Tensor> results = program.call(
                scope,
                "step",
                batch.passes(),
                dropPaths.draw(scope, batch, clock.step()),
                student.parameters("backbone"),
                student.buffers("backbone"),
                student.parameters("head"),
                student.buffers("head"),
                teacher.parameters("backbone"),
                teacher.buffers("backbone"),
                teacher.parameters("head"),
                teacher.buffers("head"),
                student.trainable(),
                gradients.targets(),
                center,
                (long) views,
                (long) globals,
                (long) batch.size(),
                alpha,
                recipe.studentTemp(),
                teacherTemp.at(clock.epoch()));
        student.countPasses("backbone", batch.passes().size());
        student.countPasses("head", 1);
        teacher.countPasses("backbone", 1);
        teacher.countPasses("head", 1);
        return new Outputs(
                results.get(0),
                results.get(1),
                List.of(results.get(4)),
                Map.of("student_output", results.get(2), "teacher_output", results.get(3)));
    }

    @Override
    public Tensor advance(Scope scope, Clock clock, List<Outputs> parts) {
        return program.callOne(
                scope,
                "advance",
                center,
                SslMethod.moving(parts, 0),
                SslMethod.numbers(parts),
                recipe.centerMomentum());
    }

    /** Parameters only: each network keeps the batch-norm statistics of its own passes. */
    @Override
    public void follow(Clock clock) {
        program.run("follow", teacher.flat(), student.flat(), teacherMomentum.at(clock.step()));
    }

    @Override
    public void close() {
        program.close();
    }
}
