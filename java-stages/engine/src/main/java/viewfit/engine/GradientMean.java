package viewfit.engine;

/**
 * Mean of the gradients of several backward passes, which one after the other fill the same {@link Gradients}: in a flat
 * buffer of its own, so that it costs one pass over memory for each of them.
 */
public final class GradientMean implements AutoCloseable {
    /** S is the sum of the passes before, G the gradients of this one. */
    private static final String TEXT =
            """
            def start(self, S: Tensor, G: Tensor) -> Tensor:
              torch.set_grad_enabled(False)
              return torch.copy_(S, G)
            def add(self, S: Tensor, G: Tensor) -> Tensor:
              torch.set_grad_enabled(False)
              return torch.add_(S, G)
            def finish(self, S: Tensor, G: Tensor, passes: int) -> Tensor:
              torch.set_grad_enabled(False)
              return torch.div_(torch.add_(G, S), passes)
            """;

    private final Gradients gradients;
    private final int passes;
    private final Tensor sum;
    private final Program program;

    private GradientMean(Gradients gradients, int passes) {
        Network network = gradients.network();
        this.gradients = gradients;
        this.passes = passes;
        this.sum = network.runtime().zeros(network.runtime().run(), gradients.size());
        this.program = network.runtime().compile(TEXT);
    }

    /**
     * Allocates the sum.
     *
     * @param gradients what every pass fills, and what holds the mean after the last one
     * @param passes how many make a mean, at least 2
     */
    public static GradientMean of(Gradients gradients, int passes) {
        if (passes < 2) {
            throw new IllegalArgumentException("passes = " + passes + ": must be at least 2");
        }
        return new GradientMean(gradients, passes);
    }

    /** Takes the gradients of pass 0 .. passes - 1; after the last one they are the mean. */
    public void add(int pass) {
        try (Scope call = gradients.network().runtime().scope()) {
            if (pass == passes - 1) {
                program.run("finish", sum, gradients.flat(call), (long) passes);
            } else {
                program.run(pass == 0 ? "start" : "add", sum, gradients.flat(call));
            }
        }
    }

    @Override
    public void close() {
        program.close();
    }
}
