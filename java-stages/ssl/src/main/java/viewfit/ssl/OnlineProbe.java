package viewfit.ssl;

import java.util.List;
import java.util.Map;
import viewfit.core.recipe.OptimizerRecipe;
import viewfit.engine.Gradients;
import viewfit.engine.Network;
import viewfit.engine.Optimizer;
import viewfit.engine.Program;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.graph.Graph;
import viewfit.zoo.Heads;

/**
 * A linear classifier that learns beside a method: cross-entropy on the detached backbone features of the student's first view,
 * with the method's optimiser, learning rate and weight decay. No gradient reaches the backbone, so the method trains
 * as without it; its accuracy is a monitor, below that of a probe on a finished network.
 *
 * <p>Source: the joint linear probe of saic-fi/SSLight. Its optimisers work tensor by tensor, so one of its own gives the
 * same numbers as sharing the student's.
 */
final class OnlineProbe implements AutoCloseable {
    /** Name of the network in checkpoints, and of its only part. */
    static final String NETWORK = "probe";

    static final String PART = "classifier";

    /** What this classifier measures of a step, in order. */
    static final List<Measure> REPORT = List.of(Measure.PROBE_LOSS, Measure.PROBE_TOP1);

    private static final String STEP =
            """
            def step(self, f: Tensor, labels: Tensor, P: List[Tensor], B: List[Tensor], W: List[Tensor], G: List[Tensor]) -> Tensor:
              torch.set_grad_enabled(True)
              logits = self.classify(torch.detach(f), P, B)
              loss = torch.cross_entropy_loss(logits, labels, None, 1, -100, 0.)
              stored = self.store(torch.autograd.grad([loss], W), G)
              torch.set_grad_enabled(False)
              hits = torch.eq(torch.argmax(torch.detach(logits), 1), labels)
              return torch.stack([torch.detach(loss), torch.div(torch.sum(hits), torch.size(labels, 0))])
            """;

    private final TorchRuntime runtime;
    private final Network network;
    private final Gradients gradients;
    private final Optimizer optimizer;
    private final Program program;

    OnlineProbe(TorchRuntime runtime, int width, int classes, OptimizerRecipe recipe) {
        this.runtime = runtime;
        Graph graph = Heads.linear(width, classes);
        this.network = Network.allocate(runtime, Map.of(PART, graph), name -> false);
        this.gradients = Gradients.of(network);
        this.optimizer = Optimizer.of(network, gradients, recipe);
        this.program = runtime.compile(runtime.script().training(graph, "classify") + Gradients.store(network) + STEP);
        network.requireGradients();
    }

    Network network() {
        return network;
    }

    Optimizer optimizer() {
        return optimizer;
    }

    Gradients gradients() {
        return gradients;
    }

    /** Fills the gradients; the numbers of {@link #REPORT}, still on the device. */
    Tensor differentiate(Scope scope, Tensor features, StepBatch batch) {
        Tensor labels = runtime.tensor(scope, batch.targets(), batch.size());
        return program.callOne(
                scope,
                "step",
                features,
                labels,
                network.parameters(PART),
                network.buffers(PART),
                network.trainable(),
                gradients.targets());
    }

    void update(Clock clock) {
        optimizer.step(clock.lr(), clock.weightDecay(), true);
    }

    @Override
    public void close() {
        optimizer.close();
        gradients.close();
        program.close();
    }
}
