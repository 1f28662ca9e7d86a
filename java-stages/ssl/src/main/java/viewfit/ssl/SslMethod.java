package viewfit.ssl;

import java.util.List;
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

    /** What a step measures, in the order of {@link #advance}'s numbers. */
    List<Measure> measures();

    /** What is known of a step before it runs: scheduled values that its report tells. */
    default Map<Measure, Double> scheduled(Clock clock) {
        return Map.of();
    }

    /** What comes before the first forward pass of a step: MoCo's key encoder moves, SwAV's prototypes get unit length. */
    default void prepare() {}

    /** What {@link #prepare} changes. */
    default List<Tensor> prepared() {
        return List.of();
    }

    /**
     * Tells that the images of so many steps, of all until now, never came in: they were left out because their numbers were not
     * finite.
     */
    default void leaveOut(long steps) {}

    /**
     * Forward and backward of a step's images, or of an equal part of them: fills the gradients of the student with those of
     * the mean loss. Neither parameters nor {@link #state} change, so that every part of a step meets the same; batch norms
     * move their running statistics.
     */
    Outputs gradients(Scope scope, StepBatch batch, Clock clock, Gradients gradients);

    /**
     * What comes after the last backward pass of a step: moves {@link #state} by all its images.
     *
     * @param parts what {@link #gradients} gave for the parts of the step, in the order of the images
     * @return the numbers of the step, one per measure; of several parts their mean
     */
    Tensor advance(Scope scope, Clock clock, List<Outputs> parts);

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
     * @param numbers measures, still on the device
     * @param features detached backbone features of the first view the student sees [n, width]; MoCo's is its first query
     * @param moving what {@link #advance} moves the state by
     * @param tensors what the method compares, by name, for tests and tools: logits, embeddings
     */
    record Outputs(Tensor numbers, Tensor features, List<Tensor> moving, Map<String, Tensor> tensors) {
        public Outputs {
            moving = List.copyOf(moving);
        }

        /** The same without the tensors for tests and tools, moved to a scope that lives longer. */
        Outputs keep(Scope scope) {
            moving.forEach(scope::take);
            return new Outputs(scope.take(numbers), scope.take(features), moving, Map.of());
        }
    }

    /** One kind of {@link Outputs#moving} of all parts. */
    static List<Tensor> moving(List<Outputs> parts, int index) {
        return parts.stream().map(part -> part.moving().get(index)).toList();
    }

    /** The numbers of all parts. */
    static List<Tensor> numbers(List<Outputs> parts) {
        return parts.stream().map(Outputs::numbers).toList();
    }
}
