package viewfit.graph;

import java.util.ArrayList;
import java.util.List;

/**
 * Writes a {@link Graph} as a TorchScript function
 * {@code def NAME(self, v0: Tensor, P: List[Tensor], B: List[Tensor]) -> Tensor}, where {@code P} and {@code B} hold the
 * graph's parameters and buffers in order. Inputs and results are float32 (float64 where everything is), whatever the
 * precision in between.
 *
 * @param kernels forms of the operations
 */
public record TorchScript(Kernels kernels) {
    /**
     * Function text whose batch normalisations use batch statistics and move the running ones. Every branch is kept:
     * teachers and heads are trained so.
     */
    public String training(Graph graph, String function) {
        return new FunctionText(graph, function, kernels, true, false, List.of(graph.output())).text(false);
    }

    /**
     * The training form of a student: it takes the factors of the stochastic-depth branches as a fourth argument
     * {@code D: Tensor} [branches, n]; a network without such branches does not look at it.
     */
    public String student(Graph graph, String function) {
        return new FunctionText(graph, function, kernels, true, true, List.of(graph.output())).text(false);
    }

    /** The training form that returns the named taps and then the result, as {@code List[Tensor]}. */
    public String trainingWithTaps(Graph graph, String function, List<String> names) {
        return new FunctionText(graph, function, kernels, true, false, withResult(graph, names)).text(true);
    }

    /** Function text whose batch normalisations use the running statistics. */
    public String evaluation(Graph graph, String function) {
        return new FunctionText(graph, function, kernels, false, false, List.of(graph.output())).text(false);
    }

    /** Evaluation function that returns the named taps, in the given order, as {@code List[Tensor]}. */
    public String taps(Graph graph, String function, List<String> names) {
        return new FunctionText(graph, function, kernels, false, false, tapped(graph, names)).text(true);
    }

    /** The evaluation form that returns the named taps and then the result, as {@code List[Tensor]}. */
    public String evaluationWithTaps(Graph graph, String function, List<String> names) {
        return new FunctionText(graph, function, kernels, false, false, withResult(graph, names)).text(true);
    }

    private static List<Integer> withResult(Graph graph, List<String> names) {
        List<Integer> values = new ArrayList<>(tapped(graph, names));
        values.add(graph.output());
        return values;
    }

    private static List<Integer> tapped(Graph graph, List<String> names) {
        return names.stream()
                .map(n -> {
                    Integer value = graph.taps().get(n);
                    if (value == null) {
                        throw new IllegalArgumentException(graph.name() + ": no tap '" + n + "', only "
                                + graph.taps().keySet());
                    }
                    return value;
                })
                .toList();
    }
}
