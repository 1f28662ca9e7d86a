package viewfit.ssl;

import java.util.Map;
import viewfit.core.random.SeedTree;
import viewfit.engine.Gradients;
import viewfit.engine.Network;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;

/**
 * A method is a function of views, networks and clock to a loss with its gradients, plus named state that a checkpoint
 * keeps. One loop drives all methods.
 */
public sealed interface SslMethod extends AutoCloseable permits Dino, Swav, Moco, Supervised {
    /**
     * Networks by the name checkpoints use: {@code student} is the one that is optimised (the query encoder of MoCo),
     * {@code teacher} its moving average (the key encoder), where there is one.
     */
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

    /** Draws the first values of state that does not start at zero. */
    default void initialise(SeedTree seed) {}

    /** Whether a parameter, by its full name, rests in the first epochs; none does where a method says nothing. */
    default boolean freezable(String parameter) {
        return false;
    }

    /** How many epochs they rest. */
    default int freezeEpochs() {
        return 0;
    }

    /** Number K of outputs that a loss of ln K is chance for. */
    int codes();

    /**
     * Forward and backward: fills the gradients of the student and moves the state. The student's parameters stay as
     * they are, but for what the method itself prescribes before its forward pass (SwAV's prototypes get unit length).
     */
    Outputs gradients(Scope scope, StepBatch batch, Clock clock, Gradients gradients);

    /** What comes after the optimiser's step: the teacher follows the student. */
    default void follow(Clock clock) {}

    /** Share of prototypes that won some image since the last call; NaN before the first step, and without prototypes. */
    default double usedPrototypes() {
        return Double.NaN;
    }

    @Override
    void close();

    /**
     * Results of {@link #gradients}, owned by its scope.
     *
     * @param report numbers of the step
     * @param features detached backbone features of the first view the student sees [n, width]; MoCo's is its first query
     * @param tensors what the method compares, by name, for tests and tools: logits, embeddings
     */
    record Outputs(StepReport report, Tensor features, Map<String, Tensor> tensors) {}
}
