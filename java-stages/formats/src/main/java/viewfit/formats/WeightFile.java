package viewfit.formats;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import viewfit.core.contract.StageFailure;

/**
 * A file of weights, safetensors or torch, recognised by its content and not by its suffix. What it offers are state
 * dictionaries: ordered names, each with a tensor that is made when it is asked for.
 *
 * <p>A safetensors file is one dictionary, {@link #WHOLE}. A torch file holds its dictionaries under {@code state_dict},
 * {@code model}, {@code student} or {@code teacher}; without any of these its top level is the dictionary.
 */
public final class WeightFile {
    /** Name of the dictionary that is the whole file. */
    public static final String WHOLE = "";

    private static final List<String> DICTIONARIES = List.of("state_dict", "model", "student", "teacher");
    private static final String ALLOWED = "a safetensors file or a torch checkpoint";
    private static final int FIRST_BYTES = 16;

    private final Path file;
    private final Form form;
    private final Map<String, Map<String, Supplier<Tensor>>> dictionaries;

    /** How a file is written. */
    public enum Form {
        SAFETENSORS,
        /** {@code torch.save} of torch 1.6 and later. */
        TORCH_ZIP,
        /** {@code torch.save} before torch 1.6. */
        TORCH_LEGACY
    }

    private WeightFile(Path file, Form form, Map<String, Map<String, Supplier<Tensor>>> dictionaries) {
        this.file = file;
        this.form = form;
        this.dictionaries = dictionaries;
    }

    /**
     * Opens a file and finds its dictionaries. Torch files are read as data: nothing in them is called.
     *
     * @throws StageFailure NO_INPUT if there is no such file; BAD_DATA, naming the place, if it is not well-formed, holds anything
     *     but data, or holds no tensors; IO if it cannot be read
     */
    public static WeightFile open(Path file) {
        return open(MappedFile.open(file, ALLOWED));
    }

    /** {@link #open(Path)} of a file that is mapped already. */
    static WeightFile open(MappedFile mapped) {
        Path file = mapped.path();
        ByteBuffer head = mapped.window("", 0, Math.min(FIRST_BYTES, mapped.size()));
        if (head.remaining() >= Integer.BYTES && head.getInt(0) == TorchFile.ZIP_SIGNATURE) {
            return of(file, TorchFile.zip(mapped));
        }
        if (head.remaining() > 0 && (head.get(0) & 0xff) == TorchFile.PICKLE_SIGNATURE && !isSafetensors(head)) {
            return of(file, TorchFile.legacy(mapped));
        }
        if (isSafetensors(head)) {
            return of(file, Safetensors.read(file));
        }
        String start = StandardCharsets.ISO_8859_1.decode(head).toString();
        throw Malformed.in(
                file, "", mapped.size() + " bytes that begin with '" + Malformed.shown(start) + "'", ALLOWED);
    }

    /** A header length and then JSON; the first byte of the length may look like that of a pickle. */
    private static boolean isSafetensors(ByteBuffer head) {
        return head.remaining() > Long.BYTES && head.get(Long.BYTES) == '{' && head.getLong(0) >>> 32 == 0;
    }

    private static WeightFile of(Path file, TensorFile content) {
        Map<String, Supplier<Tensor>> tensors = new LinkedHashMap<>();
        content.tensors().forEach((name, tensor) -> tensors.put(name, () -> tensor));
        return new WeightFile(file, Form.SAFETENSORS, Map.of(WHOLE, tensors));
    }

    private static WeightFile of(Path file, TorchFile content) {
        if (!(content.root() instanceof Map<?, ?> top)) {
            throw Malformed.in(file, "", Unpickler.kind(content.root()), "a dictionary of tensors");
        }
        Map<String, Map<String, Supplier<Tensor>>> found = new LinkedHashMap<>();
        for (String name : DICTIONARIES) {
            if (top.get(name) instanceof Map<?, ?> map) {
                Map<String, Supplier<Tensor>> tensors = tensors(content, map);
                if (!tensors.isEmpty()) {
                    found.put(name, tensors);
                }
            }
        }
        Map<String, Supplier<Tensor>> whole = found.isEmpty() ? tensors(content, top) : Map.of();
        if (!whole.isEmpty()) {
            found.put(WHOLE, whole);
        }
        if (found.isEmpty()) {
            throw Malformed.in(
                    file,
                    "",
                    "no tensors among the " + top.size() + " entries " + keys(top),
                    "tensors by name, at the top or under " + String.join(", ", DICTIONARIES));
        }
        return new WeightFile(file, content.form(), found);
    }

    private static String keys(Map<?, ?> map) {
        return map.keySet().stream()
                .limit(5)
                .map(k -> Malformed.shown(String.valueOf(k)))
                .toList()
                .toString();
    }

    /** The tensors directly in a dictionary; other entries, such as counters, are no weights. */
    private static Map<String, Supplier<Tensor>> tensors(TorchFile content, Map<?, ?> map) {
        Map<String, Supplier<Tensor>> tensors = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            if (key instanceof String name && value instanceof TorchView view) {
                tensors.put(name, content.tensor(name, view));
            }
        });
        return tensors;
    }

    /** Where it was read from. */
    public Path file() {
        return file;
    }

    /** How it is written. */
    public Form form() {
        return form;
    }

    /** The dictionaries that were found, at least one; {@link #WHOLE} if the file is one. */
    public Set<String> dictionaries() {
        return Collections.unmodifiableSet(dictionaries.keySet());
    }

    /**
     * The names in a dictionary, in the order of the file.
     *
     * @throws StageFailure BAD_DATA if there is no such dictionary, listing those there are
     */
    public Set<String> names(String dictionary) {
        return Collections.unmodifiableSet(dictionary(dictionary).keySet());
    }

    /**
     * One tensor: a window into the file where its values lie there in row-major order, else a copy.
     *
     * @throws StageFailure BAD_DATA if it is not there or its storage is damaged
     */
    public Tensor tensor(String dictionary, String name) {
        Supplier<Tensor> tensor = dictionary(dictionary).get(name);
        if (tensor == null) {
            throw Malformed.in(file, dictionary, "no tensor " + name, "it");
        }
        return tensor.get();
    }

    /**
     * All tensors of a dictionary by name, in the order of the file.
     *
     * @throws StageFailure BAD_DATA if there is no such dictionary or a storage is damaged
     */
    public Map<String, Tensor> tensors(String dictionary) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        dictionary(dictionary).forEach((name, tensor) -> tensors.put(name, tensor.get()));
        return tensors;
    }

    private Map<String, Supplier<Tensor>> dictionary(String name) {
        Map<String, Supplier<Tensor>> tensors = dictionaries.get(name);
        if (tensors == null) {
            throw Malformed.in(file, "", "dictionaries " + dictionaries.keySet(), "one of the name '" + name + "'");
        }
        return tensors;
    }
}
