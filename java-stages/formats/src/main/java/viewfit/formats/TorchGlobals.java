package viewfit.formats;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import viewfit.formats.Unpickler.Refusal;
import viewfit.formats.Unpickler.Tuple;

/**
 * The names that a torch checkpoint may use, and what they mean here. They follow torch/serialization.py and torch/_utils.py of
 * PyTorch 1.0 to 2.x; the names of numpy and argparse are those of scalars and options that training scripts add.
 */
final class TorchGlobals implements Unpickler.Globals {
    /** Class name of a typed storage in torch, and its elements. */
    static final Map<String, DType> STORAGES = Map.of(
            "torch.FloatStorage", DType.F32,
            "torch.DoubleStorage", DType.F64,
            "torch.HalfStorage", DType.F16,
            "torch.BFloat16Storage", DType.BF16,
            "torch.LongStorage", DType.I64,
            "torch.IntStorage", DType.I32,
            "torch.ShortStorage", DType.I16,
            "torch.CharStorage", DType.I8,
            "torch.ByteStorage", DType.U8,
            "torch.BoolStorage", DType.BOOL);

    /** Values, not functions: the element types of torch. */
    private static final Set<String> CONSTANTS = Set.of(
            "torch.float32",
            "torch.float64",
            "torch.float16",
            "torch.bfloat16",
            "torch.int64",
            "torch.int32",
            "torch.int16",
            "torch.int8",
            "torch.uint8",
            "torch.bool");

    private static final String ALLOWED =
            "tensors, storages, OrderedDict, Size, device, dtype, numpy scalars, argparse.Namespace (nothing is called)";

    /** One list of pairs may be named many times, and is copied each time. */
    private static final int MAX_COPIED = 1_000_000;

    private final Map<String, TorchStorage> storages = new LinkedHashMap<>();
    private long copied;

    /** What may be "called", each with a fixed meaning. */
    private enum Callable {
        ORDERED_DICT,
        TENSOR,
        TENSOR_V2,
        PARAMETER,
        SIZE,
        DEVICE,
        NUMPY_TYPE,
        NUMPY_SCALAR,
        ENCODE,
        NAMESPACE
    }

    /** A name whose value does not matter, such as a device. */
    private record Opaque(String name) {}

    private static final Opaque NAMESPACE = new Opaque("argparse.Namespace");

    /** The storages that the pickle refers to, whole, in order of their first use. */
    Collection<TorchStorage> storages() {
        return storages.values();
    }

    @Override
    public Object find(String name) {
        DType storage = STORAGES.get(name);
        if (storage != null) {
            return storage;
        }
        if (CONSTANTS.contains(name)) {
            return new Opaque(name);
        }
        return switch (name) {
            case "collections.OrderedDict" -> Callable.ORDERED_DICT;
            case "torch._utils._rebuild_tensor" -> Callable.TENSOR;
            case "torch._utils._rebuild_tensor_v2" -> Callable.TENSOR_V2;
            case "torch._utils._rebuild_parameter" -> Callable.PARAMETER;
            case "torch.Size" -> Callable.SIZE;
            case "torch.device" -> Callable.DEVICE;
            case "numpy.dtype" -> Callable.NUMPY_TYPE;
            case "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar" -> Callable.NUMPY_SCALAR;
            case "_codecs.encode" -> Callable.ENCODE; // how protocol 2 writes the bytes of a numpy scalar
            case "argparse.Namespace" -> Callable.NAMESPACE;
            default -> throw new Refusal("global " + Malformed.shown(name), ALLOWED);
        };
    }

    @Override
    public Object call(Object callable, List<Object> arguments) {
        if (!(callable instanceof Callable known)) {
            throw new Refusal("a call of " + Unpickler.kind(callable), ALLOWED);
        }
        return switch (known) {
            case ORDERED_DICT -> orderedDict(arguments);
            case TENSOR -> tensor(require(arguments, 4, 4));
            case TENSOR_V2 -> tensorV2(require(arguments, 6, 7));
            case PARAMETER -> argument(require(arguments, 3, 3), 0, TorchView.class);
            case SIZE -> argument(require(arguments, 1, 1), 0, Tuple.class);
            case DEVICE -> new Opaque("torch.device");
            case NUMPY_TYPE -> new NumpyType(argument(require(arguments, 1, 3), 0, String.class));
            case NUMPY_SCALAR -> scalar(require(arguments, 2, 2));
            case ENCODE -> latin1(require(arguments, 2, 2));
            case NAMESPACE -> {
                require(arguments, 0, 0);
                yield NAMESPACE;
            }
        };
    }

    private static List<Object> require(List<Object> arguments, int from, int to) {
        if (arguments.size() < from || arguments.size() > to) {
            throw new Refusal(arguments.size() + " arguments", from == to ? "" + from : from + " to " + to);
        }
        return arguments;
    }

    private static <T> T argument(List<Object> arguments, int index, Class<T> type) {
        Object value = arguments.get(index);
        if (!type.isInstance(value)) {
            throw new Refusal(
                    "an argument that is " + Unpickler.kind(value), "a " + type.getSimpleName() + " at " + index);
        }
        return type.cast(value);
    }

    /** Empty and filled later, or from a list of pairs as Python 2 wrote it. */
    private Map<Object, Object> orderedDict(List<Object> arguments) {
        Map<Object, Object> map = new LinkedHashMap<>();
        if (require(arguments, 0, 1).size() == 1) {
            List<Object> pairs = sequence(arguments.get(0));
            copied += pairs.size();
            if (copied > MAX_COPIED) {
                throw new Refusal("more than " + MAX_COPIED + " pairs", "a checkpoint");
            }
            for (Object pair : pairs) {
                List<Object> entry = require(sequence(pair), 2, 2);
                Unpickler.put(map, entry.get(0), entry.get(1));
            }
        }
        return map;
    }

    private static List<Object> sequence(Object value) {
        if (value instanceof Tuple tuple) {
            return tuple.items();
        }
        if (value instanceof List<?> list) {
            return Collections.unmodifiableList(list);
        }
        throw new Refusal("an argument that is " + Unpickler.kind(value), "a sequence");
    }

    private static TorchView tensor(List<Object> arguments) {
        return new TorchView(
                argument(arguments, 0, TorchStorage.class),
                argument(arguments, 1, Long.class),
                Unpickler.longs(argument(arguments, 2, Tuple.class)),
                Unpickler.longs(argument(arguments, 3, Tuple.class)));
    }

    /** Gradient flag and hooks do not matter; the optional metadata would change values (conjugate, negative). */
    private static TorchView tensorV2(List<Object> arguments) {
        if (arguments.size() == 7
                && arguments.get(6) != Unpickler.NONE
                && !argument(arguments, 6, Map.class).isEmpty()) {
            throw new Refusal("a tensor with metadata", "a plain tensor");
        }
        return tensor(arguments);
    }

    private static Object scalar(List<Object> arguments) {
        Object bytes = arguments.get(1);
        ByteBuffer value = bytes instanceof String text
                ? ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))
                : argument(arguments, 1, ByteBuffer.class);
        return argument(arguments, 0, NumpyType.class).value(value.duplicate().order(ByteOrder.LITTLE_ENDIAN));
    }

    private static ByteBuffer latin1(List<Object> arguments) {
        String text = argument(arguments, 0, String.class);
        if (!argument(arguments, 1, String.class).equals("latin1")
                || text.chars().anyMatch(c -> c > 0xff)) {
            throw new Refusal("an encoding of text", "latin1");
        }
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public Object build(Object target, Object state) {
        if (target instanceof NumpyType type && state instanceof Tuple tuple) {
            type.requireLittleEndian(tuple.items());
        } else if (target != NAMESPACE && !(target instanceof LinkedHashMap)) { // their attributes are dropped
            throw new Refusal(
                    "a state for " + Unpickler.kind(target), "one for a dictionary, a Namespace or a numpy type");
        }
        return target;
    }

    /** {@code ('storage', type, key, location, elements[, view])}; the view is {@code None} or {@code (key, first, count)}. */
    @Override
    public Object persistent(Object id) {
        if (!(id instanceof Tuple tuple)
                || tuple.items().isEmpty()
                || !"storage".equals(tuple.items().get(0))) {
            throw new Refusal("a persistent id that is " + Unpickler.kind(id), "a storage");
        }
        List<Object> parts = require(tuple.items(), 5, 6);
        String key = argument(parts, 2, String.class);
        long total = argument(parts, 4, Long.class);
        if (total < 0) {
            throw new Refusal("a storage of " + total + " elements", "0 or more");
        }
        TorchStorage whole = new TorchStorage(key, argument(parts, 1, DType.class), total, 0, total);
        TorchStorage known = storages.putIfAbsent(key, whole);
        if (known != null && !known.equals(whole)) {
            throw new Refusal("storage " + Malformed.shown(key) + " of two types or sizes", "one");
        }
        return parts.size() == 6 && parts.get(5) != Unpickler.NONE
                ? part(whole, require(argument(parts, 5, Tuple.class).items(), 3, 3))
                : whole;
    }

    private static TorchStorage part(TorchStorage whole, List<Object> view) {
        long first = argument(view, 1, Long.class);
        long count = argument(view, 2, Long.class);
        if (first < 0 || count < 0 || first > whole.total() || count > whole.total() - first) {
            throw new Refusal("a view of " + count + " elements from " + first, "one within " + whole.total());
        }
        return new TorchStorage(whole.key(), whole.dtype(), whole.total(), first, count);
    }
}
