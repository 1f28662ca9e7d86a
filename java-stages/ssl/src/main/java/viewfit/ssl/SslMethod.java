package viewfit.ssl;

import java.util.List;
import java.util.Map;
import viewfit.engine.Gradients;
import viewfit.engine.Network;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;

/**
 * A method is a function of views, networks and clock to a loss with its gradients, plus named state that a checkpoint
 * keeps. One loop drives all methods.
 */
public sealed interface SslMethod extends AutoCloseable permits Dino {
    /** Networks by the name checkpoints use; {@code student} is the one that is optimised. */
    Map<String, Network> networks();

    /** The optimised network. */
    default Network student() {
        return network("student");
    }

    /**
     * A network by its name.
     *
     * @throws IllegalArgumentException if the method has no such network
     */
    default Network network(String name) {
        Network network = networks().get(name);
        if (network == null) {
            throw new IllegalArgumentException(
                    "no network '" + name + "', only " + networks().keySet());
        }
        return network;
    }

    /** State beside the networks, by the name checkpoints use, for example {@code center}. */
    Map<String, Tensor> state();

    /** Full names of parameters that rest in the first epochs. */
    boolean freezable(String parameter);

    /**
     * Forward and backward: fills the gradients of the student and moves the state. Parameters stay as they are.
     *
     * @param passes normalised pixels, one tensor per run of views of equal size, view-major, global views first:
     *     [views * n, 3, size, size]
     * @param n images
     */
    Outputs gradients(Scope scope, List<Tensor> passes, int n, Clock clock, Gradients gradients);

    /** What comes after the optimiser's step: the teacher follows the student. */
    void follow(Clock clock);

    @Override
    void close();

    /**
     * Results of {@link #gradients}, owned by its scope.
     *
     * @param report numbers of the step
     * @param student logits of all views [views * n, K]
     * @param teacher logits of the global views [globals * n, K]
     */
    record Outputs(StepReport report, Tensor student, Tensor teacher) {}
}
