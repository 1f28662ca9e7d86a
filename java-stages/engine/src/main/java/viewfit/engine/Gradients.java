package viewfit.engine;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Gradients of a network's trainable parameters, each in the memory order of its parameter.
 *
 * <p>They are what a backward pass has made, not copies: a buffer for all of them is the largest piece of a step, and
 * between what is left of the activations there is no room for it. They live until the update that consumes them ({@link
 * #release}): forward pass and activations, which set a step's peak of memory, have their room. So the views are tensors that each
 * backward pass lays over its results, and that have nothing in between.
 */
public final class Gradients implements AutoCloseable {
    private final Network network;
    private final List<Tensor> views;
    private final Program program;
    private boolean placed;

    private Gradients(Network network) {
        TorchRuntime runtime = network.runtime();
        this.network = network;
        this.views = IntStream.range(0, network.layout().trainableCount())
                .mapToObj(i -> runtime.zeros(runtime.run(), 0))
                .toList();
        this.program = runtime.compile(
                """
                def clear(self, like: List[Tensor], to: List[Tensor]) -> Tensor:
                  torch.set_grad_enabled(False)
                  for i in range(torch.len(to)):
                    torch.set_(to[i], torch.zeros_like(like[i]))
                  return to[0]
                def release(self, to: List[Tensor]) -> Tensor:
                  torch.set_grad_enabled(False)
                  for i in range(torch.len(to)):
                    torch.set_(to[i])
                  return to[0]
                def norm(self, of: List[Tensor]) -> Tensor:
                  torch.set_grad_enabled(False)
                  return torch.norm(torch.stack(torch._foreach_norm(of, 2)))
                """);
    }

    /** Makes the gradients of a network; they take no memory yet. */
    public static Gradients of(Network network) {
        return new Gradients(network);
    }

    /**
     * TorchScript function {@code store(gradients, to)}: lays {@link #targets} over what {@code torch.autograd.grad} returned for
     * {@link Network#trainable}. Add it to a program that ends with a backward pass.
     *
     * <p>A gradient in another memory order is copied. So is every vector, and what has one row: the derivative of a sum may be one
     * tensor for both of its parts, as for a transformer's class token and positions if there is one picture. Matrices and
     * kernels must not share memory, as those of two parameters would that are added to each other; none of our networks has such.
     */
    public static String store(Network network) {
        return """
                def store(self, gradients: List[Optional[Tensor]], to: List[Tensor]) -> Tensor:
                  torch.set_grad_enabled(False)
                  strides = %s
                  for i in range(torch.len(to)):
                    g = unchecked_cast(Tensor, gradients[i])
                    if torch.eq(torch.dim(g), 4):
                      ordered = torch.is_contiguous(g, memory_format=2)
                    else:
                      ordered = torch.__and__(torch.gt(torch.dim(g), 1), torch.is_contiguous(g))
                    own = torch.__and__(ordered, torch.gt(torch.size(g, 0), 1))
                    if own:
                      view = torch.as_strided(g, torch.size(g), strides[i])
                    else:
                      view = torch.copy_(torch.new_empty_strided(g, torch.size(g), strides[i]), g)
                    torch.set_(to[i], view)
                  return to[0]
                """
                .formatted(network.layout().strides());
    }

    Network network() {
        return network;
    }

    /**
     * The list argument {@code to} of {@link #store}, in the order of {@link Network#trainable}. Passing it to a program means
     * that the program fills it.
     */
    public List<Tensor> targets() {
        placed = true;
        return views;
    }

    /** The gradients one by one, in the order of {@link Network#trainable}. */
    public List<Tensor> views() {
        requirePlaced();
        return views;
    }

    /** What {@link #views} gives, whether filled or not: the tensors stay the same. */
    List<Tensor> tensors() {
        return views;
    }

    /**
     * Euclidean norm over all trainable parameters, those that rest included, a scalar on the device: not finite if any
     * gradient is not.
     */
    public Tensor norm(Scope scope) {
        return program.callOne(scope, "norm", views());
    }

    /** Row-major values of one gradient, by the parameter's full name. */
    public float[] read(String name) {
        requirePlaced();
        return network.runtime().floats(views.get(index(name)));
    }

    /** Sets one gradient from row-major values, by the parameter's full name; those never set are zero. */
    public void write(String name, float[] values) {
        TorchRuntime runtime = network.runtime();
        int index = index(name);
        if (!placed) {
            program.run("clear", network.trainable(), views);
            placed = true;
        }
        try (Scope call = runtime.scope()) {
            long[] shape = network.trainable().get(index).shape();
            runtime.assign(views.get(index), runtime.tensor(call, values, shape));
        }
    }

    /** Gives the memory back, also of a step without an update; gradients are written again before they are read. */
    public void release() {
        if (placed) {
            program.run("release", views);
            placed = false;
        }
    }

    private int index(String name) {
        int index = network.trainableNames().indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException("no trainable parameter '" + name + "'");
        }
        return index;
    }

    /** An update without a backward pass before it is an error. */
    void requirePlaced() {
        if (!placed) {
            throw new IllegalStateException("no backward pass has filled the gradients since they were used");
        }
    }

    @Override
    public void close() {
        release();
        program.close();
    }
}
