package viewfit.formats;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.StageFailure;

/**
 * The zip form of torch checkpoints: {@code <root>/data.pkl}, one entry {@code <root>/data/<key>} for each storage, and
 * {@code <root>/byteorder}. Follows torch/serialization.py and caffe2/serialize/inline_container.cc of PyTorch 1.6 to 2.x.
 */
final class TorchZip implements TorchStorages {
    private static final String PICKLE = "data.pkl";

    private final MappedFile file;
    private final ZipArchive zip;
    private final String root;
    private final MemoryBudget budget;
    private final Map<String, ByteBuffer> read = new HashMap<>();

    private TorchZip(MappedFile file, ZipArchive zip, String root, MemoryBudget budget) {
        this.file = file;
        this.zip = zip;
        this.root = root;
        this.budget = budget;
    }

    /** Finds the root folder, whatever its name is. */
    static TorchZip open(MappedFile file, MemoryBudget budget) {
        ZipArchive zip = ZipArchive.read(file);
        List<String> pickles = zip.names().stream()
                .filter(n -> n.equals(PICKLE) || n.endsWith("/" + PICKLE))
                .toList();
        if (pickles.size() != 1) {
            throw Malformed.in(file.path(), "", "a zip file with " + pickles.size() + " entries data.pkl", "one");
        }
        String pickle = pickles.get(0);
        TorchZip found = new TorchZip(file, zip, pickle.substring(0, pickle.length() - PICKLE.length()), budget);
        found.requireLittleEndian();
        if (zip.find(found.root + "constants.pkl") != null) {
            throw Malformed.in(file.path(), "", "a TorchScript program", "a checkpoint of tensors");
        }
        return found;
    }

    private void requireLittleEndian() {
        ZipArchive.Entry entry = zip.find(root + "byteorder");
        if (entry == null) {
            return; // torch before 2.1 knew no other order
        }
        String order = entry.size() > 16
                ? "text of " + entry.size() + " bytes"
                : StandardCharsets.UTF_8.decode(zip.bytes(entry, budget)).toString();
        if (!order.equals("little")) {
            throw Malformed.in(file.path(), "byteorder", Malformed.shown(order), "little");
        }
    }

    /** The value in {@code data.pkl}. */
    Object pickle(TorchGlobals globals) {
        ZipArchive.Entry entry = zip.find(root + PICKLE);
        if (entry == null || entry.size() > Unpickler.MAX_BYTES) {
            throw Malformed.in(file.path(), PICKLE, "more bytes", "at most " + Unpickler.MAX_BYTES);
        }
        ByteBuffer bytes = zip.bytes(entry, budget);
        Object value = new Unpickler(file.path(), PICKLE, bytes, globals).load();
        if (bytes.hasRemaining()) {
            throw Malformed.in(file.path(), PICKLE, bytes.remaining() + " bytes after its end", "none");
        }
        return value;
    }

    /**
     * Checks that a storage is there and as long as announced.
     *
     * @throws StageFailure BAD_DATA if not
     */
    ZipArchive.Entry require(TorchStorage storage) {
        ZipArchive.@Nullable Entry entry = zip.find(root + "data/" + storage.key());
        if (entry == null || entry.size() != storage.totalBytes()) {
            throw Malformed.in(
                    file.path(),
                    "storage " + Malformed.shown(storage.key()),
                    entry == null ? "nothing" : entry.size() + " bytes",
                    storage.totalBytes() + " bytes for " + storage.total() + " elements " + storage.dtype());
        }
        return entry;
    }

    @Override
    public ByteBuffer bytes(TorchStorage storage) {
        ByteBuffer bytes = read.get(storage.key());
        if (bytes == null) {
            bytes = zip.bytes(require(storage), budget);
            read.put(storage.key(), bytes);
        }
        return bytes;
    }
}
