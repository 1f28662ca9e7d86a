package viewfit.eval;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
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
