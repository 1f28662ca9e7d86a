package viewfit.formats;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.Hashes;

/**
 * A checksum of all that a tensor file says, kept in its metadata: a file that was changed or cut is told from a whole one by
 * whoever reads it.
 */
public final class Seal {
    private static final String KEY = "viewfit-content-sha256";

    private Seal() {}

    /** The metadata with the checksum of it and the tensors. */
    public static Map<String, String> put(Collection<Tensor> tensors, Map<String, String> metadata) {
        Map<String, String> sealed = new TreeMap<>(metadata);
        sealed.put(KEY, of(tensors, metadata));
        return sealed;
    }

    /**
     * Refuses a file without a seal, which {@link Safetensors#read} cannot have checked.
     *
     * @throws StageFailure {@link ExitCode#BAD_DATA} if it has none
     */
    public static void require(TensorFile file) {
        if (!file.metadata().containsKey(KEY)) {
            throw new StageFailure(
                    ExitCode.BAD_DATA, file.file() + ": found no checksum of its content: must be sealed");
        }
    }

    /**
     * Checks a file that was read, if it is sealed.
     *
     * @throws StageFailure {@link ExitCode#BAD_DATA} if its content is not what was sealed
     */
    static void check(TensorFile file) {
        Map<String, String> metadata = new TreeMap<>(file.metadata());
        String said = metadata.remove(KEY);
        if (said == null) {
            return;
        }
        String found = of(file.tensors().values(), metadata);
        if (!found.equals(said)) {
            throw new StageFailure(
                    ExitCode.BAD_DATA, file.file() + ": found content with sha256 " + found + ": must be " + said);
        }
    }

    private static String of(Collection<Tensor> tensors, Map<String, String> metadata) {
        MessageDigest digest = Hashes.digest();
        new TreeMap<>(metadata).forEach((key, value) -> {
            add(digest, key);
            add(digest, value);
        });
        List<Tensor> ordered =
                tensors.stream().sorted(Comparator.comparing(Tensor::name)).toList();
        for (Tensor tensor : ordered) {
            add(digest, tensor.toString());
            digest.update(tensor.data());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** With its length, so that no two lists of texts give the same bytes. */
    private static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
        digest.update(bytes);
    }
}
