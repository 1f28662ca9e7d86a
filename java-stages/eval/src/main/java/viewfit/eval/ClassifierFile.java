package viewfit.eval;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.metrics.Json;
import viewfit.core.metrics.Provenance;
import viewfit.formats.Safetensors;
import viewfit.formats.Tensor;
import viewfit.formats.TensorFile;

/** Weights of a probe's linear classifier: {@code fc.weight} [classes, width] and {@code fc.bias} [classes]. */
public final class ClassifierFile {
    /** Schema of the file. */
    public static final String SCHEMA = "probe-weights/1";

    private static final String WEIGHT = "fc.weight";
    private static final String BIAS = "fc.bias";

    private ClassifierFile() {}

    /** Weights [classes, width] and [classes], and what they were fitted by. */
    record Content(Tensor weight, Tensor bias, Provenance provenance) {}

    /**
     * Reads a classifier for features of this width.
     *
     * @throws StageFailure {@link ExitCode#NO_INPUT} if there is no file, {@link ExitCode#BAD_DATA} if it is of other
     *     classes or another width
     */
    static Content read(Path file, int classes, int width) {
        verify(file);
        TensorFile content = Safetensors.read(file);
        long[] shape = content.tensor(WEIGHT).shape();
        if (shape[0] != classes || shape[1] != width) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    file + ": found " + shape[0] + " classes and features of width " + shape[1] + ": must be " + classes
                            + " and " + width);
        }
        return new Content(
                content.tensor(WEIGHT),
                content.tensor(BIAS),
                Json.parse(content.meta("provenance"), file + ": provenance", Provenance.class));
    }

    /**
     * Writes a classifier atomically.
     *
     * @param weight row-major [classes, width]
     * @param bias [classes]
     * @param metadata entries beside the schema
     */
    public static void write(Path file, float[] weight, float[] bias, Map<String, String> metadata) {
        Map<String, String> all = new TreeMap<>(metadata);
        all.put("schema", SCHEMA);
        long classes = bias.length;
        Tensor w = Tensor.f32(WEIGHT, new long[] {classes, weight.length / classes}, weight);
        Safetensors.write(file, List.of(w, Tensor.f32(BIAS, new long[] {classes}, bias)), all);
    }

    /**
     * Reads the file back and checks schema and shapes.
     *
     * @throws StageFailure naming the file and what is wrong
     */
    public static void verify(Path file) {
        TensorFile content = Safetensors.read(file);
        long[] weight = content.tensor(WEIGHT).shape();
        long[] bias = content.tensor(BIAS).shape();
        if (!content.meta("schema").equals(SCHEMA) || weight.length != 2 || bias.length != 1 || weight[0] != bias[0]) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    file + ": found schema " + content.meta("schema") + ", " + content.tensor(WEIGHT) + ", "
                            + content.tensor(BIAS) + ": must be " + SCHEMA + ", [classes, width] and [classes]");
        }
    }

    /** Smallest valid content: one class, one feature. */
    public static void writeStub(Path file) {
        write(file, new float[1], new float[1], Map.of());
    }
}
