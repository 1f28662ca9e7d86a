package viewfit.formats;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The pickle of a state dictionary as {@code torch.save} lays it out (torch/serialization.py): protocol 2, one contiguous
 * tensor for each storage, the storages named 0, 1, 2 ... in the order of the tensors. No memo: equal content gives equal
 * bytes.
 */
final class TorchPickle {
    private static final int PROTOCOL = 2;
    private static final int PERSISTENT_ID = 'Q';
    private static final int EMPTY_TUPLE = ')';
    private static final Map<DType, String> STORAGES = TorchGlobals.STORAGES.entrySet().stream()
            .collect(Collectors.toUnmodifiableMap(
                    Map.Entry::getValue, e -> e.getKey().substring("torch.".length())));

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final PickleWriter pickle = new PickleWriter(out);

    private TorchPickle() {}

    /** {@code {name: tensor}} in the order given; tensor i is the whole of storage i. */
    static byte[] of(List<Tensor> tensors) {
        TorchPickle torch = new TorchPickle();
        try {
            torch.write(tensors);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return torch.out.toByteArray();
    }

    private void write(List<Tensor> tensors) throws IOException {
        op(PickleWriter.PROTO, PROTOCOL, PickleWriter.EMPTY_DICT, PickleWriter.MARK);
        for (int i = 0; i < tensors.size(); i++) {
            pickle.text(tensors.get(i).name());
            tensor(Integer.toString(i), tensors.get(i));
        }
        op(PickleWriter.SET_ITEMS, PickleWriter.STOP);
    }

    /** {@code _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks)}. */
    private void tensor(String key, Tensor tensor) throws IOException {
        pickle.global("torch._utils", "_rebuild_tensor_v2");
        op(PickleWriter.MARK, PickleWriter.MARK);
        pickle.text("storage");
        pickle.global("torch", STORAGES.getOrDefault(tensor.dtype(), ""));
        pickle.text(key);
        pickle.text("cpu");
        pickle.number(tensor.count());
        op(PickleWriter.TUPLE, PERSISTENT_ID);
        pickle.number(0);
        numbers(tensor.shape());
        numbers(strides(tensor.shape()));
        op(PickleWriter.NEW_FALSE);
        pickle.global("collections", "OrderedDict");
        op(EMPTY_TUPLE, PickleWriter.REDUCE, PickleWriter.TUPLE, PickleWriter.REDUCE);
    }

    /** Of a row-major array, in elements. */
    private static long[] strides(long[] shape) {
        long[] strides = new long[shape.length];
        long step = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            strides[i] = step;
            step *= Math.max(1, shape[i]);
        }
        return strides;
    }

    private void numbers(long[] values) throws IOException {
        op(PickleWriter.MARK);
        for (long value : values) {
            pickle.number(value);
        }
        op(PickleWriter.TUPLE);
    }

    private void op(int... codes) {
        for (int code : codes) {
            out.write(code);
        }
    }
}
