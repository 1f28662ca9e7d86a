package viewfit.engine;

import java.util.List;

/**
 * Mean of the gradients of several backward passes, which one after the other fill the same {@link Gradients}: in memory of
 * its own, so that it costs one pass over memory for each of them.
 */
public final class GradientMean implements AutoCloseable {
    /** S is the sum of the passes before, G the gradients of this one. */
    private static final String TEXT =
            """
            def start(self, S: List[Tensor], G: List[Tensor]) -> Tensor:
              torch.set_grad_enabled(False)
              torch._foreach_copy_(S, G)
              return S[0]
            def add(self, S: List[Tensor], G: List[Tensor]) -> Tensor:
              torch.set_grad_enabled(False)
              torch._foreach_add_(S, G)
              return S[0]
            def finish(self, S: List[Tensor], G: List[Tensor], passes: int) -> Tensor:
              torch.set_grad_enabled(False)
              torch._foreach_add_(G, S)
              torch._foreach_div_(G, passes)
              return G[0]
            """;

    private final Gradients gradients;
    private final int passes;
    private final List<Tensor> sum;
    private final Program program;

    private GradientMean(Gradients gradients, int passes) {
        Network network = gradients.network();
        this.gradients = gradients;
        this.passes = passes;
        this.sum = network.sibling().views().subList(0, network.layout().trainableCount());
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
        if (pass == passes - 1) {
            program.run("finish", sum, gradients.views(), (long) passes);
        } else {
            program.run(pass == 0 ? "start" : "add", sum, gradients.views());
            // The next pass has their room.
            gradients.release();
        }
    }

    @Override
    public void close() {
        program.close();
    }
}
