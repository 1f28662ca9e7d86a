package viewfit.ssl;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import viewfit.engine.GradientMean;
import viewfit.engine.Gradients;
import viewfit.engine.Program;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;

/**
 * Takes the images of a step through a method in equal parts, one after the other: only one part's activations are in
 * memory at a time. Part m of M takes images [m n / M, (m + 1) n / M) of every view; the losses are means over equally many
 * images, so the gradient of the step is the mean of those of its parts. The method's state moves once, by all parts.
 */
final class MicroBatches implements AutoCloseable {
    /**
     * {@code part}: of view-major rows [views * n, ...] those of the images {@code first ... first + k - 1}, view-major and
     * in the memory format they had. {@code join}: rows of several tensors, one after the other.
     */
    private static final String TEXT =
            """
            def part(self, x: Tensor, n: int, first: int, k: int) -> Tensor:
              torch.set_grad_enabled(False)
              pieces = annotate(List[Tensor], [])
              for v in range(torch.floordiv(torch.size(x, 0), n)):
                torch.append(pieces, torch.narrow(x, 0, torch.add(torch.mul(v, n), first), k))
              return torch.cat(pieces, 0)
            def join(self, rows: List[Tensor]) -> Tensor:
              torch.set_grad_enabled(False)
              return torch.cat(rows, 0)
            """;

    private final TorchRuntime runtime;
    private final SslMethod method;
    private final Gradients gradients;
    private final int parts;
    private final @Nullable GradientMean mean;
    private final Program program;

    /**
     * @param gradients of the method's student
     * @param parts number of parts, at least 1
     */
    MicroBatches(TorchRuntime runtime, SslMethod method, Gradients gradients, int parts) {
        this.runtime = runtime;
        this.method = method;
        this.gradients = gradients;
        this.parts = parts;
        this.mean = parts == 1 ? null : GradientMean.of(gradients, parts);
        this.program = runtime.compile(TEXT);
    }

    /**
     * Fills the gradients with those of the whole step and moves the method's state.
     *
     * @return numbers and features of the whole step; of several parts no other tensors
     * @throws IllegalArgumentException if the images cannot be cut into equal parts
     */
    SslMethod.Outputs gradients(Scope scope, StepBatch batch, Clock clock) {
        if (batch.size() % parts != 0) {
            throw new IllegalArgumentException(batch.size() + " images cannot be cut into " + parts + " equal parts");
        }
        method.prepare();
        if (mean == null) {
            SslMethod.Outputs all = method.gradients(scope, batch, clock, gradients);
            Tensor numbers = method.advance(scope, clock, List.of(all));
            return new SslMethod.Outputs(numbers, all.features(), List.of(), all.tensors());
        }
        List<SslMethod.Outputs> done = new ArrayList<>();
        for (int m = 0; m < parts; m++) {
            try (Scope inner = runtime.scope()) {
                StepBatch part = part(inner, batch, m);
                done.add(method.gradients(inner, part, clock, gradients).keep(scope));
            }
            mean.add(m);
        }
        Tensor numbers = method.advance(scope, clock, done);
        List<Tensor> features = done.stream().map(SslMethod.Outputs::features).toList();
        return new SslMethod.Outputs(numbers, program.callOne(scope, "join", features), List.of(), Map.of());
    }

    private StepBatch part(Scope scope, StepBatch batch, int m) {
        int n = batch.size();
        int k = n / parts;
        int first = m * k;
        List<Tensor> passes = batch.passes().stream()
                .map(pass -> program.callOne(scope, "part", pass, (long) n, (long) first, (long) k))
                .toList();
        return new StepBatch(passes, batch.labels().subList(first, first + k), batch.first() + first);
    }

    @Override
    public void close() {
        if (mean != null) {
            mean.close();
        }
        program.close();
    }
}
