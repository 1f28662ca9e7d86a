package viewfit.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A network, written once. Interpreters turn it into what is needed: {@link TorchScript} into a program, {@link Cost}
 * into multiply-accumulates; its parameter list carries the names and shapes of files.
 *
 * @param name for example {@code mobilenet_v2}
 * @param inputChannels channels of value 0: 3 for a backbone, the feature width for a head
 * @param ops in an order in which every input precedes its use
 * @param parameters in the order of the reference state dictionary
 * @param buffers running statistics, likewise
 * @param output number of the result
 * @param outputWidth channels of the result
 * @param taps named intermediate values, for example the end of each stage
 */
public record Graph(
        String name,
        int inputChannels,
        List<Op> ops,
        List<Parameter> parameters,
        List<Parameter> buffers,
        int output,
        int outputWidth,
        Map<String, Integer> taps) {
    public Graph {
        ops = List.copyOf(ops);
        parameters = List.copyOf(parameters);
        buffers = List.copyOf(buffers);
        taps = Map.copyOf(taps);
    }

    /** Number of parameter values, buffers left out. */
    public long parameterCount() {
        return parameters.stream().mapToLong(Parameter::size).sum();
    }

    /** Parameters and buffers in the order of the reference state dictionary: statistics follow their norm's bias. */
    public List<Parameter> state() {
        Map<String, Parameter> byName = new HashMap<>();
        buffers.forEach(b -> byName.put(b.name(), b));
        List<Parameter> all = new ArrayList<>();
        for (Parameter p : parameters) {
            all.add(p);
            if (p.name().endsWith(".bias")) {
                String prefix = p.name().substring(0, p.name().length() - "bias".length());
                for (String statistic : List.of("running_mean", "running_var")) {
                    Parameter buffer = byName.get(prefix + statistic);
                    if (buffer != null) {
                        all.add(buffer);
                    }
                }
            }
        }
        return all;
    }

    /** Rates of the stochastic-depth branches, in the order of their index; empty for networks without. */
    public List<Double> dropPaths() {
        return ops.stream()
                .filter(Op.DropPath.class::isInstance)
                .map(op -> ((Op.DropPath) op).rate())
                .toList();
    }

    /** Prefixes of all batch normalisations, in order; each owns a {@code num_batches_tracked} counter in files. */
    public List<String> batchNorms() {
        return ops.stream()
                .filter(Op.BatchNorm.class::isInstance)
                .map(op -> ((Op.BatchNorm) op).prefix())
                .toList();
    }
}
