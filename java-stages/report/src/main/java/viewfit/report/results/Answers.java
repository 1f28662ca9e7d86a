package viewfit.report.results;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.Map;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Prediction;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.McNemar;

/**
 * Which images a classifier gets right, and which images these are: a bit each, so that large sweeps fit.
 *
 * @param file where they were read from
 * @param measure which classifier on which images: {@code linear}, {@code fast}, {@code knn}, {@code finetune} and the label
 *     fraction, {@code test}
 * @param imagesSha256 checksum of paths and labels in their order: equal for the same images
 * @param images number of images
 * @param right bit of each image
 * @param recipeSha256 checksum of the probe recipe
 */
public record Answers(Path file, String measure, String imagesSha256, int images, BitSet right, String recipeSha256) {
    /** What the measure of a fine-tuning begins with; the label fraction follows. */
    public static final String FINETUNE = "finetune ";

    /** The measure of the linear probe on the test split. */
    public static final String TEST = "test";

    private static final ObjectMapper JSON = new ObjectMapper();

    public Answers {
        right = (BitSet) right.clone();
    }

    /** Reads one of the files of {@link Prediction}. */
    static Answers read(Path file) {
        BitSet right = new BitSet();
        MessageDigest digest = Hashes.digest();
        int[] images = {0};
        Map<String, String> header = Prediction.TABLE.read(file, row -> {
            right.set(images[0]++, row.label() == row.predicted());
            digest.update((row.path() + '\n' + row.label() + '\n').getBytes(StandardCharsets.UTF_8));
        });
        return new Answers(
                file,
                measure(header),
                HexFormat.of().formatHex(digest.digest()),
                images[0],
                right,
                recipe(file, header));
    }

    /** By what the file says of itself. */
    private static String measure(Map<String, String> header) {
        if (TEST.equals(header.get("part"))) {
            return TEST;
        }
        String fraction = header.get("fraction");
        if (fraction != null) {
            return FINETUNE + fraction;
        }
        String protocol = header.getOrDefault("protocol", "");
        return protocol.startsWith(Prediction.FAST) ? "fast" : protocol.startsWith(Prediction.KNN) ? "knn" : "linear";
    }

    private static String recipe(Path file, Map<String, String> header) {
        try {
            JsonNode provenance = JSON.readTree(header.getOrDefault("provenance", "{}"));
            return provenance.path("recipe-sha256").asText();
        } catch (IOException e) {
            throw new StageFailure(ExitCode.BAD_DATA, file + ": provenance: must be JSON: " + e.getMessage(), e);
        }
    }

    /** Whether both are of the same images, and by the same probe. */
    public boolean comparable(Answers other) {
        return imagesSha256.equals(other.imagesSha256) && recipeSha256.equals(other.recipeSha256);
    }

    /** Paired test of two classifiers on the same images. */
    public McNemar against(Answers other) {
        if (!comparable(other)) {
            throw new IllegalArgumentException(file + " and " + other.file + ": must be of the same images");
        }
        BitSet mine = (BitSet) right.clone();
        mine.andNot(other.right);
        BitSet its = (BitSet) other.right.clone();
        its.andNot(right);
        return new McNemar(mine.cardinality(), its.cardinality(), images);
    }
}
