package viewfit.ssl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import viewfit.engine.Program;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;

/** The numbers of a few steps on the device, until they are read all at once. */
final class ReportWindow implements AutoCloseable {
    /** {@code put}: numbers of a step to one row of the window [steps, measures]. */
    private static final String TEXT =
            """
            def put(self, window: Tensor, row: int, numbers: List[Tensor]) -> Tensor:
              torch.set_grad_enabled(False)
              flat = annotate(List[Tensor], [])
              for i in range(torch.len(numbers)):
                torch.append(flat, torch.reshape(numbers[i], [-1]))
              return torch.copy_(torch.select(window, 0, row), torch.cat(flat, 0))
            """;

    private final TorchRuntime runtime;
    private final List<Measure> measures;
    private final int size;
    private final Tensor window;
    private final Program program;
    /** What was known beforehand of the steps in the window. */
    private final List<Map<Measure, Double>> scheduled = new ArrayList<>();

    /**
     * @param measures what the numbers of a step are, in order
     * @param size steps it holds, at least 1
     */
    ReportWindow(TorchRuntime runtime, List<Measure> measures, int size) {
        if (size < 1) {
            throw new IllegalArgumentException("window = " + size + ": must be at least 1");
        }
        this.runtime = runtime;
        this.measures = List.copyOf(measures);
        this.size = size;
        this.window = runtime.zeros(runtime.run(), size, measures.size());
        this.program = runtime.compile(TEXT);
    }

    /** Steps it holds. */
    int size() {
        return size;
    }

    /** Steps put and not yet read. */
    int pending() {
        return scheduled.size();
    }

    /**
     * Keeps the numbers of one step; waits for nothing.
     *
     * @param numbers on the device, one after the other one for each measure
     * @param known further measures
     */
    void put(List<Tensor> numbers, Map<Measure, Double> known) {
        program.run("put", window, (long) scheduled.size(), numbers);
        scheduled.add(known);
    }

    /** Waits for the device, empties the window: one report a step, oldest first. */
    List<StepReport> read() {
        float[] all = runtime.floats(window);
        int each = measures.size();
        List<StepReport> reports = new ArrayList<>();
        for (int i = 0; i < scheduled.size(); i++) {
            float[] numbers = Arrays.copyOfRange(all, i * each, (i + 1) * each);
            reports.add(StepReport.of(measures, numbers).with(scheduled.get(i)));
        }
        scheduled.clear();
        return reports;
    }

    @Override
    public void close() {
        program.close();
    }
}
