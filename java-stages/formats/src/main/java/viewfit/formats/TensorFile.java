package viewfit.formats;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/** The content of a tensor file: tensors by name in file order, and text metadata. */
public final class TensorFile {
    private final Path file;
    private final Map<String, Tensor> tensors;
    private final Map<String, String> metadata;

    /**
     * A content that was read, or put together from others.
     *
     * @param file that messages name
     * @param tensors by their own names
     */
    public TensorFile(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
        this.file = file;
        this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        this.metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** Where it was read from. */
    public Path file() {
        return file;
    }

    /** Tensors by name, in file order. */
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    public Map<String, String> metadata() {
        return metadata;
    }

    public boolean has(String name) {
        return tensors.containsKey(name);
    }

    /**
     * The tensor of this name.
     *
     * @throws StageFailure BAD_DATA if there is none
     */
    public Tensor tensor(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new StageFailure(
                    ExitCode.BAD_DATA, file + ": no tensor " + name + " among " + tensors.size() + ": it is required");
        }
        return tensor;
    }

    /**
     * A metadata value.
     *
     * @throws StageFailure BAD_DATA if there is none
     */
    public String meta(String key) {
        String value = metadata.get(key);
        if (value == null) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    file + ": no metadata " + key + ": found " + String.join(", ", metadata.keySet()));
        }
        return value;
    }

    /** The tensors whose name starts with {@code prefix}, renamed without it, in file order. */
    public List<Tensor> below(String prefix) {
        return tensors.values().stream()
                .filter(t -> t.name().startsWith(prefix))
                .map(t -> t.renamed(t.name().substring(prefix.length())))
                .toList();
    }
}
