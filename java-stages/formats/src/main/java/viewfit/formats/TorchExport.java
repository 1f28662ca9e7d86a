package viewfit.formats;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import viewfit.core.contract.StageFailure;

/**
 * A state dictionary as {@code torch.save} of torch 1.6 and later writes it; {@code torch.load} reads it, with
 * {@code weights_only=True} and {@code mmap=True} too. The order of the tensors is kept: loaders that go by position rely on it.
 */
public final class TorchExport {
    private static final String ROOT = "archive/";

    private TorchExport() {}

    /**
     * Writes a file atomically.
     *
     * @throws StageFailure BAD_DATA if the tensors do not fit into 4 GiB; IO if the file system refuses
     */
    public static void write(Path file, List<Tensor> tensors) {
        StoredZip zip = new StoredZip()
                .add(ROOT + "data.pkl", TorchPickle.of(tensors))
                .add(ROOT + "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < tensors.size(); i++) {
            zip.add(ROOT + "data/" + i, tensors.get(i).data());
        }
        zip.add(ROOT + "version", "3\n".getBytes(StandardCharsets.US_ASCII)).write(file);
    }
}
