package viewfit.formats;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.core.contract.StageFailure;
import viewfit.graph.Graph;
import viewfit.graph.Parameter;

/**
 * The tensors of a backbone out of a file of weights, matched by name and never by position. Known are the names of torchvision
 * and timm, the checkpoints of Viewfit, saic-fi/SSLight, DINO, MoCo and SwAV: prefixes of training code are stripped
 * ({@link WrappedName}), other spellings are translated ({@link BackboneNames}).
 */
public final class BackboneWeights {
    private static final String COUNTER = ".num_batches_tracked";
    private static final int SHOWN = 3;

    private final Map<String, Tensor> tensors;
    private final Map<String, Long> passes;
    private final Report report;

    /** Which network is meant where a file holds several. */
    public enum Which {
        /** The student or query network; in files without one, the only network. */
        DEFAULT,
        /** The student or query network, or one that the file does not call anything. */
        STUDENT,
        /** The teacher or key network; files that do not name one are refused. */
        TEACHER
    }

    /**
     * What was taken from a file and what was not.
     *
     * @param dictionary the state dictionary, see {@link WeightFile#dictionaries()}
     * @param prefix what stood in front of all names and was stripped, with its final dot; may be empty
     * @param matched tensors taken, counters of batch norms not counted
     * @param missing expected names that the file does not have: only {@code num_batches_tracked} counters may be missing, which
     *     torch before 0.4.1 did not write
     * @param leftOut names of the file that are no part of this backbone: classifiers, heads, other networks, optimiser state;
     *     those of another dictionary carry its name in front
     * @param converted tensors that were not float32, by type; see {@link FloatConversion#toF32} for what is lost
     */
    public record Report(
            String dictionary,
            String prefix,
            int matched,
            List<String> missing,
            List<String> leftOut,
            Map<DType, Integer> converted) {
        public Report {
            missing = List.copyOf(missing);
            leftOut = List.copyOf(leftOut);
            converted = Collections.unmodifiableMap(new LinkedHashMap<>(converted));
        }

        /** The same for people, on one line. */
        public String line() {
            StringBuilder line = new StringBuilder(matched + " tensors taken");
            if (!prefix.isEmpty()) {
                line.append(", below ").append(Malformed.shown(prefix));
            }
            if (!converted.isEmpty()) {
                line.append(", converted ").append(converted);
            }
            if (!missing.isEmpty()) {
                line.append(", ").append(missing.size()).append(" counters missing");
            }
            if (!leftOut.isEmpty()) {
                line.append(", ").append(leftOut.size()).append(" left out, such as ");
                line.append(Malformed.shown(leftOut.get(0)));
            }
            return line.toString();
        }
    }

    private BackboneWeights(Map<String, Tensor> tensors, Map<String, Long> passes, Report report) {
        this.tensors = Collections.unmodifiableMap(tensors);
        this.passes = Collections.unmodifiableMap(passes);
        this.report = report;
    }

    /** {@link #read(WeightFile, Graph, Which)} of the student, query or only network of a file. */
    public static BackboneWeights read(Path file, Graph graph) {
        return read(WeightFile.open(file), graph, Which.DEFAULT);
    }

    /**
     * Takes a backbone out of a file.
     *
     * @param graph the backbone; its {@link Graph#state()} says the names and shapes
     * @throws StageFailure BAD_DATA on one line with counts and first offenders, if the network is not in the file, a tensor is
     *     missing, has another shape or type or a value that is not finite, or if tensors remain that are neither known nor those
     *     of a classifier or head
     */
    public static BackboneWeights read(WeightFile file, Graph graph, Which which) {
        NetworkInFile network = NetworkInFile.find(file, graph, which);
        Map<String, long[]> expected = new LinkedHashMap<>();
        for (Parameter p : graph.state()) {
            expected.put(
                    p.name(), p.shape().stream().mapToLong(Integer::longValue).toArray());
        }
        Map<String, Tensor> raw = new LinkedHashMap<>();
        expected.keySet().stream().filter(network::has).forEach(name -> raw.put(name, network.tensor(name)));
        requireComplete(file, graph, network, expected, raw);

        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Map<DType, Integer> converted = new EnumMap<>(DType.class);
        raw.forEach((name, tensor) -> {
            if (tensor.dtype() != DType.F32) {
                converted.merge(tensor.dtype(), 1, Integer::sum);
            }
            tensors.put(name, floats(file, network, tensor));
        });
        Map<String, Long> passes = new LinkedHashMap<>();
        List<String> counters = counters(graph);
        counters.stream().filter(network::has).forEach(name -> passes.put(name, count(file, network.tensor(name))));
        Report report = new Report(
                network.dictionary(),
                network.prefix(),
                tensors.size(),
                counters.stream().filter(name -> !network.has(name)).toList(),
                network.others(tensors.keySet(), passes.keySet()),
                converted);
        return new BackboneWeights(tensors, passes, report);
    }

    /** Names of the counters that files keep for each batch norm of a graph. */
    static List<String> counters(Graph graph) {
        return graph.batchNorms().stream().map(norm -> norm + COUNTER).toList();
    }

    private static void requireComplete(
            WeightFile file,
            Graph graph,
            NetworkInFile network,
            Map<String, long[]> expected,
            Map<String, Tensor> raw) {
        List<String> missing =
                expected.keySet().stream().filter(name -> !network.has(name)).toList();
        List<String> reshaped = raw.values().stream()
                .filter(t -> !Arrays.equals(t.shape(), expected.getOrDefault(t.name(), new long[0])))
                .map(t -> t.name() + " " + Arrays.toString(t.shape()) + " instead of "
                        + Arrays.toString(expected.get(t.name())))
                .toList();
        List<String> unknown = network.unknown();
        if (!missing.isEmpty() || !reshaped.isEmpty() || !unknown.isEmpty()) {
            throw Malformed.in(
                    file.file(),
                    network.place(),
                    raw.size() + " of " + expected.size() + " tensors, " + some(missing, "missing") + ", "
                            + some(reshaped, "of another shape") + ", " + some(unknown, "unknown"),
                    "all tensors of " + graph.name() + " and no others but those of a head");
        }
    }

    /** {@code 5 missing (a, b, c, ...)}. */
    private static String some(Collection<String> names, String what) {
        return names.isEmpty() ? "0 " + what : names.size() + " " + what + " (" + first(names) + ")";
    }

    /** The first few of some names out of a file, for a message. */
    static String first(Collection<String> names) {
        String shown = String.join(
                ", ", names.stream().limit(SHOWN).map(Malformed::shown).toList());
        return names.size() > SHOWN ? shown + ", ..." : shown;
    }

    private static Tensor floats(WeightFile file, NetworkInFile network, Tensor tensor) {
        String place = network.place() + tensor.name();
        if (!FloatConversion.FLOATS.contains(tensor.dtype())) {
            throw Malformed.in(file.file(), place, "elements " + tensor.dtype(), "floating-point values");
        }
        Tensor floats = FloatConversion.toF32(tensor);
        FloatBuffer values = floats.data().asFloatBuffer();
        for (int i = 0; values.hasRemaining(); i++) {
            float value = values.get();
            if (!Float.isFinite(value)) {
                throw Malformed.in(
                        file.file(), place, value + " as element " + i + " of " + tensor, "finite float32 values");
            }
        }
        return floats;
    }

    private static long count(WeightFile file, Tensor tensor) {
        long value = tensor.dtype() == DType.I64 && tensor.count() == 1
                ? tensor.data().getLong()
                : -1;
        if (value < 0) {
            throw Malformed.in(file.file(), tensor.name(), tensor + " or a negative number", "one int64 from 0");
        }
        return value;
    }

    /** Parameters and running statistics by the graph's names, in its order, float32. */
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    /** How many training passes each batch norm has seen, by {@code <norm>.num_batches_tracked}; only what the file says. */
    public Map<String, Long> passes() {
        return passes;
    }

    public Report report() {
        return report;
    }
}
