package viewfit.engine;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Gradients of a network's trainable parameters in one flat buffer of the network's layout.
 *
 * <p>The buffer lives from the end of a backward pass to the update that consumes it ({@link #release}): forward pass and
 * activations, which set a step's peak of memory, have its room. So the views are tensors that are laid over a new buffer by
 * each backward pass, and over nothing in between.
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
                network.layout().place()
                        + """
                        def clear(self, like: Tensor, to: List[Tensor], size: int) -> Tensor:
                          torch.set_grad_enabled(False)
                          F = torch.new_zeros(like, [size])
                          placed = self.place(F, to)
                          return to[0]
                        def release(self, to: List[Tensor]) -> Tensor:
                          torch.set_grad_enabled(False)
                          for i in range(torch.len(to)):
                            torch.set_(to[i])
                          return to[0]
                        """);
    }

    /** Makes the gradients of a network; they take no memory yet. */
    public static Gradients of(Network network) {
        return new Gradients(network);
    }

    /**
     * TorchScript function {@code store(gradients, to)}: copies what {@code torch.autograd.grad} returned for {@link
     * Network#trainable} into a new flat buffer, and lays {@link #targets} over it. Add it to a program that ends with a backward pass.
     */
    public static String store(Network network) {
        Layout layout = network.layout();
        return layout.place()
                + """
                def store(self, gradients: List[Optional[Tensor]], to: List[Tensor]) -> Tensor:
                  torch.set_grad_enabled(False)
                  values = annotate(List[Tensor], [])
                  for i in range(torch.len(gradients)):
                    torch.append(values, unchecked_cast(Tensor, gradients[i]))
                  F = torch.new_empty(values[0], [%d])
                %s  placed = self.place(F, to)
                  torch._foreach_copy_(to, values)
                  return to[0]
                """
                        .formatted(layout.trainableEnd(), layout.clearGaps());
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

    /** A range of the flat buffer. */
    Tensor range(Scope scope, int from, int to) {
        requirePlaced();
        return network.runtime().span(scope, views.get(0), from, to - from);
    }

    /** All of the flat buffer: [{@link #size}]. */
    Tensor flat(Scope scope) {
        return range(scope, 0, size());
    }

    /** Values of the flat buffer, gaps included. */
    int size() {
        return network.layout().trainableEnd();
    }

    /**
     * Euclidean norm over all trainable parameters, those that rest included, a scalar on the device: not finite if any
     * gradient is not.
     */
    public Tensor norm(Scope scope) {
        try (Scope call = network.runtime().scope()) {
            return network.runtime().norm(scope, flat(call));
        }
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
            program.run("clear", network.flat(), views, (long) size());
            placed = true;
        }
        try (Scope call = runtime.scope()) {
            long[] shape = network.trainable().get(index).shape();
            runtime.assign(views.get(index), runtime.tensor(call, values, shape));
        }
    }

    /** Gives the memory back; gradients are written again before they are read. */
    void release() {
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

    private void requirePlaced() {
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
