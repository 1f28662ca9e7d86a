package viewfit.formats;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import viewfit.core.contract.StageFailure;
import viewfit.formats.Unpickler.Refusal;

/**
 * The form of torch checkpoints before torch 1.6, still written on request and still what many published weights have: pickles of
 * a magic number, a protocol version, facts about the machine, the value and the list of storage keys, then for each key an int64
 * element count and the raw bytes. Follows {@code _legacy_load} of torch/serialization.py.
 */
final class TorchLegacy implements TorchStorages {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long PROTOCOL = 1001;

    private final MappedFile file;
    private final Map<String, Long> starts = new HashMap<>();
    private long at;

    TorchLegacy(MappedFile file) {
        this.file = file;
    }

    /** Pickles around the value hold plain data only. */
    private static final class Nothing implements Unpickler.Globals {
        private static Refusal refusal(String what) {
            return new Refusal(what, "the magic number of a torch file or plain values around it");
        }

        @Override
        public Object find(String name) {
            throw refusal("global " + Malformed.shown(name));
        }

        @Override
        public Object call(Object callable, List<Object> arguments) {
            throw refusal("a call");
        }

        @Override
        public Object build(Object target, Object state) {
            throw refusal("a state");
        }

        @Override
        public Object persistent(Object id) {
            throw refusal("a persistent id");
        }
    }

    /**
     * The value of the file.
     *
     * @throws StageFailure BAD_DATA, naming the place, for another format or anything but data
     */
    Object pickle(TorchGlobals globals) {
        require("magic number", next("magic number", new Nothing()), MAGIC);
        require("protocol version", next("protocol version", new Nothing()), PROTOCOL);
        if (!(next("system", new Nothing()) instanceof Map<?, ?> system)) {
            throw Malformed.in(file.path(), "system", "a value that is no dictionary", "facts about the machine");
        }
        require("little_endian", system.get("little_endian"), true);
        return next("pickle", globals);
    }

    private void require(String place, @org.jspecify.annotations.Nullable Object found, Object expected) {
        if (!expected.equals(found)) {
            throw Malformed.in(
                    file.path(),
                    place,
                    found instanceof Number || found instanceof Boolean ? "" + found : Unpickler.kind(found),
                    expected.toString());
        }
    }

    private Object next(String name, Unpickler.Globals globals) {
        long length = Math.min(Unpickler.MAX_BYTES, file.size() - at);
        ByteBuffer bytes = file.window(name, at, length);
        Object value = new Unpickler(file.path(), name + " from byte " + at, bytes, globals).load();
        at += bytes.position();
        return value;
    }

    /**
     * Finds the storages behind the pickles; the file must hold these and nothing else.
     *
     * @throws StageFailure BAD_DATA if not
     */
    void locate(Collection<TorchStorage> storages) {
        Map<String, TorchStorage> wanted = new HashMap<>();
        storages.forEach(s -> wanted.put(s.key(), s));
        for (String key : keys()) {
            TorchStorage storage = wanted.remove(key);
            String place = "storage " + Malformed.shown(key);
            if (storage == null) {
                throw Malformed.in(file.path(), place, "a storage that no tensor uses", "one that the pickle names");
            }
            require(place, file.window(place, at, Long.BYTES).getLong(), storage.total());
            at += Long.BYTES;
            file.window(place, at, storage.totalBytes());
            starts.put(key, at);
            at += storage.totalBytes();
        }
        if (!wanted.isEmpty() || at != file.size()) {
            throw Malformed.in(
                    file.path(),
                    "storages",
                    wanted.size() + " missing and " + (file.size() - at) + " bytes behind the last",
                    "all that the pickle names, up to the end of the file");
        }
    }

    private Set<String> keys() {
        Set<String> keys = new LinkedHashSet<>();
        if (!(next("storage keys", new Nothing()) instanceof List<?> list)) {
            throw Malformed.in(file.path(), "storage keys", "no list", "a list of keys");
        }
        for (Object key : list) {
            if (!(key instanceof String text) || !keys.add(text)) {
                throw Malformed.in(file.path(), "storage keys", "a key twice or one that is no text", "unique keys");
            }
        }
        return keys;
    }

    @Override
    public ByteBuffer bytes(TorchStorage storage) {
        Long start = starts.get(storage.key());
        if (start == null) {
            throw new IllegalStateException("storage " + storage.key() + " was not located");
        }
        return file.window("storage " + Malformed.shown(storage.key()), start, storage.totalBytes());
    }
}
