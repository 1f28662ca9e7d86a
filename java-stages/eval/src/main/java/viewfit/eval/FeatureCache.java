package viewfit.eval;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import viewfit.core.Code;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Provenance;
import viewfit.formats.Safetensors;
import viewfit.formats.Seal;
import viewfit.formats.Tensor;
import viewfit.formats.TensorFile;

/**
 * Features that were kept in a folder, one file for each network and set of images. What a file is of is its key: the checksum of
 * the network's values, that of the manifest, the size of the crops, and what computed them. A file whose key, shape or checksum
 * is another one is computed anew and replaced; so is one that cannot be read.
 */
public final class FeatureCache {
    /** Schema of the files. */
    public static final String SCHEMA = "features/1";

    private static final String TENSOR = "features";
    private static final int NAME_DIGITS = 32;

    private final @Nullable Path folder;
    private final String computedBy;
    private final Consumer<String> say;

    private FeatureCache(@Nullable Path folder, String computedBy, Consumer<String> say) {
        this.folder = folder;
        this.computedBy = computedBy;
        this.say = say;
    }

    /** Keeps nothing. */
    public static FeatureCache none() {
        return new FeatureCache(null, "", line -> {});
    }

    /**
     * Keeps features in a folder, which is made when there is something to keep.
     *
     * @param by names engine and device
     * @param say takes lines about files that were read, written or refused
     */
    public static FeatureCache in(Path folder, Provenance by, Consumer<String> say) {
        return new FeatureCache(folder, Code.version() + ", " + by.engine() + ", " + by.device(), say);
    }

    /** Whether features of these images are kept. */
    boolean keeps(String images) {
        return folder != null && !images.isEmpty();
    }

    /**
     * Features of some images under several backbones.
     *
     * @param images what the images are, checksum of their manifest included; empty: nothing is known of them, and nothing is kept
     * @param rows number of images
     * @param compute takes the features of those backbones that are not kept, in their order
     * @return per backbone, row-major [rows, width]
     */
    List<float[]> features(
            List<FrozenBackbone> backbones,
            String images,
            int rows,
            Function<List<FrozenBackbone>, List<float[]>> compute) {
        if (folder == null || !keeps(images)) {
            return compute.apply(backbones);
        }
        List<String> keys = new ArrayList<>();
        List<float @Nullable []> kept = new ArrayList<>();
        List<FrozenBackbone> missing = new ArrayList<>();
        for (FrozenBackbone backbone : backbones) {
            String key = "network " + backbone.identity() + ", " + images + ", by " + computedBy;
            keys.add(key);
            float[] found = read(file(folder, key), key, rows, backbone.width());
            kept.add(found);
            if (found == null) {
                missing.add(backbone);
            }
        }
        List<float[]> computed = missing.isEmpty() ? List.of() : compute.apply(missing);
        List<float[]> all = new ArrayList<>();
        int next = 0;
        for (int i = 0; i < backbones.size(); i++) {
            float[] values = kept.get(i);
            if (values == null) {
                values = computed.get(next++);
                write(file(folder, keys.get(i)), keys.get(i), values, rows);
            }
            all.add(values);
        }
        return all;
    }

    private static Path file(Path folder, String key) {
        return folder.resolve("features-" + Hashes.sha256(key).substring(0, NAME_DIGITS) + ".safetensors");
    }

    private float @Nullable [] read(Path file, String key, int rows, int width) {
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try {
            TensorFile content = Safetensors.read(file);
            Seal.require(content);
            Tensor tensor = content.tensor(TENSOR);
            if (!content.meta("key").equals(key) || !Arrays.equals(tensor.shape(), new long[] {rows, width})) {
                say.accept(file + ": features of something else: they are computed anew");
                return null;
            }
            say.accept("features of " + rows + " images from " + file);
            return tensor.floats();
        } catch (StageFailure e) {
            say.accept(e.getMessage() + ": the features are computed anew");
            return null;
        }
    }

    /** A folder that cannot be written costs time at the next run, not this one its result. */
    private void write(Path file, String key, float[] values, int rows) {
        if ((long) values.length * Float.BYTES > Integer.MAX_VALUE - Long.BYTES) {
            say.accept("features of " + rows + " images are more than 2 GiB: they are not kept");
            return;
        }
        Tensor tensor = Tensor.f32(TENSOR, new long[] {rows, values.length / rows}, values);
        Map<String, String> metadata = new TreeMap<>();
        metadata.put("schema", SCHEMA);
        metadata.put("key", key);
        try {
            Safetensors.write(file, List.of(tensor), Seal.put(List.of(tensor), metadata));
        } catch (StageFailure e) {
            say.accept(e.getMessage() + ": the features are not kept");
        }
    }
}
