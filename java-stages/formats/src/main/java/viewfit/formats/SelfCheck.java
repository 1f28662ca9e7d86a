package viewfit.formats;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import viewfit.core.contract.StageFailure;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;

/**
 * An input and what the network makes of it, so that whoever loads the weights can tell whether it computes the same.
 *
 * @param x inputs {@code x} [n, 3, height, width], float32, already normalised; of an export 224 x 224, which every backbone takes
 * @param y features {@code y} [n, width], float32
 */
public record SelfCheck(Tensor x, Tensor y) {
    static final String FILE = "selfcheck.safetensors";

    /** Largest distance, as {@link #distance}, at which another program computes the same: that of float32 sums in any order. */
    public static final double TOLERANCE = 1e-4;

    private static final int IMAGES = 2;
    private static final int CHANNELS = 3;
    private static final int SIDE = 224;

    /** Two inputs of 224 pixels, independent normal values from the stream "selfcheck" of a seed. */
    public static Tensor input(long seed) {
        RandomStream random = SeedTree.root(seed).at("selfcheck").stream();
        float[] values = new float[IMAGES * CHANNELS * SIDE * SIDE];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.f32("x", new long[] {IMAGES, CHANNELS, SIDE, SIDE}, values);
    }

    void write(Path file) {
        Safetensors.write(
                file,
                List.of(x.renamed("x"), y.renamed("y")),
                Map.of("format", "pt", "tolerance", "max |y' - y| <= 1e-4 max |y|"));
    }

    /**
     * Reads the file of an export.
     *
     * @param folder of the export
     * @param width of the features
     * @throws StageFailure NO_INPUT or BAD_DATA if it is not there or its tensors have other types or shapes
     */
    public static SelfCheck read(Path folder, int width) {
        TensorFile file = Safetensors.read(folder.resolve(FILE));
        Tensor x = file.tensor("x");
        Tensor y = file.tensor("y");
        long[] in = x.shape();
        long[] out = y.shape();
        boolean whole = x.dtype() == DType.F32
                && y.dtype() == DType.F32
                && in.length == 4
                && in[0] > 0
                && in[1] == CHANNELS
                && in[2] == SIDE
                && in[3] == SIDE
                && out.length == 2
                && out[0] == in[0]
                && out[1] == width;
        if (!whole) {
            String size = "3, " + SIDE + ", " + SIDE;
            throw Malformed.in(
                    file.file(), "", x + " and " + y, "x F32 [n, " + size + "] and y F32 [n, " + width + "]");
        }
        return new SelfCheck(x, y);
    }

    /** Largest difference to the features, relative to the largest feature; infinite where a value is no number. */
    public double distance(float[] features) {
        float[] expected = y.floats();
        if (features.length != expected.length) {
            throw new IllegalArgumentException(features.length + " features: expected " + expected.length);
        }
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            double d = Math.abs((double) features[i] - expected[i]);
            difference = Double.isFinite(d) ? Math.max(difference, d) : Double.POSITIVE_INFINITY;
            largest = Math.max(largest, Math.abs((double) expected[i]));
        }
        return difference == 0 ? 0 : difference / largest;
    }

    /**
     * Holds features to these.
     *
     * @param file what computed them, for the message
     * @throws StageFailure BAD_DATA if they are more or fewer, or further away than {@link #TOLERANCE}
     */
    public void require(Path file, float[] features) {
        long expected = Arrays.stream(y.shape()).reduce(1, Math::multiplyExact);
        if (features.length != expected) {
            throw Malformed.in(file, "", features.length + " features", expected + ", as " + FILE + " has");
        }
        double distance = distance(features);
        if (!(distance <= TOLERANCE)) {
            throw Malformed.in(
                    file,
                    "",
                    String.format(Locale.ROOT, "features at a relative distance of %.1e from %s", distance, FILE),
                    "at most " + TOLERANCE);
        }
    }
}
