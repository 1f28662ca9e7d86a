package viewfit.engine;

import java.util.List;

/** Gradients of a network's trainable parameters in one flat buffer of the network's layout. */
public final class Gradients {
    /**
     * TorchScript function {@code store(gradients, to)}: copies what {@code torch.autograd.grad} returned into the flat
     * buffer's views. Add it to a program that ends with a backward pass.
     */
    public static final String STORE =
            """
            def store(self, gradients: List[Optional[Tensor]], to: List[Tensor]) -> Tensor:
              torch.set_grad_enabled(False)
              values = annotate(List[Tensor], [])
              for i in range(torch.len(gradients)):
                torch.append(values, unchecked_cast(Tensor, gradients[i]))
              torch._foreach_copy_(to, values)
              return to[0]
            """;

    private final Network network;
    private final Network.Buffer buffer;

    private Gradients(Network network) {
        this.network = network;
        this.buffer = network.sibling();
    }

    /** Allocates the gradients of a network. */
    public static Gradients of(Network network) {
        return new Gradients(network);
    }

    Network network() {
        return network;
    }

    Tensor flat() {
        return buffer.flat();
    }

    /**
     * Euclidean norm over all trainable parameters, those that rest included, a scalar on the device: not finite if any
     * gradient is not.
     */
    public Tensor norm(Scope scope) {
        return network.runtime().norm(scope, buffer.flat());
    }

    /** Views in the order of {@link Network#trainable}. */
    public List<Tensor> views() {
        return buffer.views().subList(0, network.layout().trainableCount());
    }

    /** Row-major values of one gradient, by the parameter's full name. */
    public float[] read(String name) {
        return network.runtime().floats(view(name));
    }

    /** Sets one gradient from row-major values, by the parameter's full name. */
    public void write(String name, float[] values) {
        TorchRuntime runtime = network.runtime();
        Tensor to = view(name);
        try (Scope call = runtime.scope()) {
            runtime.assign(to, runtime.tensor(call, values, to.shape()));
        }
    }

    private Tensor view(String name) {
        int index = network.trainableNames().indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException("no trainable parameter '" + name + "'");
        }
        return buffer.views().get(index);
    }
}
