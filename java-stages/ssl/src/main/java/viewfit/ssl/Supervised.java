package viewfit.ssl;

import java.util.List;
import java.util.Map;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.SupervisedRecipe;
import viewfit.engine.Gradients;
import viewfit.engine.Network;
import viewfit.engine.Program;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.graph.Graph;

/** Training with labels, the upper reference: a linear classifier on the backbone, cross-entropy over all views. */
public final class Supervised implements SslMethod {
    private final TorchRuntime runtime;
    private final SupervisedRecipe recipe;
    private final int classes;
    private final Network student;
    private final DropPaths dropPaths;
    private final Program program;

    private Supervised(TorchRuntime runtime, PretrainRecipe whole, SupervisedRecipe recipe, int classes) {
        this.runtime = runtime;
        this.recipe = recipe;
        this.classes = classes;
        Map<String, Graph> parts = MethodGraphs.of(whole.backbone(), recipe, classes);
        this.student = Network.allocate(runtime, parts, this::freezable);
        this.dropPaths =
                new DropPaths(runtime, student.graph(MethodGraphs.BACKBONE).dropPaths(), whole.seed());
        this.program = runtime.compile(SupervisedProgram.text(student, runtime.script(whole.precision())));
        student.requireGradients();
    }

    /** Allocates the network, all zero; {@link Trainer} fills it. */
    static Supervised of(TorchRuntime runtime, PretrainRecipe whole, SupervisedRecipe recipe, int classes) {
        return new Supervised(runtime, whole, recipe, classes);
    }

    @Override
    public Map<String, Network> networks() {
        return Map.of("student", student);
    }

    @Override
    public Map<String, Tensor> state() {
        return Map.of();
    }

    @Override
    public int codes() {
        return classes;
    }

    @Override
    public List<Measure> measures() {
        return SupervisedProgram.REPORT;
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
                student.trainable(),
                gradients.targets(),
                runtime.tensor(scope, labelled(batch), batch.size()),
                recipe.labelSmoothing());
        student.countPasses("backbone", batch.passes().size());
        student.countPasses("head", 1);
        return new Outputs(results.get(0), results.get(1), List.of(), Map.of("logits", results.get(2)));
    }

    @Override
    public Tensor advance(Scope scope, Clock clock, List<Outputs> parts) {
        return program.callOne(scope, "advance", SslMethod.numbers(parts));
    }

    /** libtorch skips targets that are no class in silence; here they are an error. */
    private long[] labelled(StepBatch batch) {
        for (int label : batch.labels()) {
            if (label < 0 || label >= classes) {
                throw new StageFailure(
                        ExitCode.BAD_DATA, "label: found " + label + ": must lie in 0 .. " + (classes - 1));
            }
        }
        return batch.targets();
    }

    @Override
    public void close() {
        program.close();
    }
}
