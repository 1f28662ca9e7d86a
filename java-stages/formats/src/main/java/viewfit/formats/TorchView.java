package viewfit.formats;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A tensor as torch stores it: a window with strides into a storage, checked to lie within it. */
final class TorchView {
    private final TorchStorage storage;
    private final long first;
    private final long[] shape;
    private final long[] stride;

    /**
     * @param offset first element, counted within the storage
     * @param shape sizes, outermost first
     * @param stride elements from one index to the next, for each size
     * @throws Unpickler.Refusal if an element lies outside the storage
     */
    TorchView(TorchStorage storage, long offset, long[] shape, long[] stride) {
        if (shape.length != stride.length) {
            throw new Unpickler.Refusal(
                    "a tensor of " + shape.length + " sizes and " + stride.length + " strides", "as many");
        }
        try {
            long bytes = Math.multiplyExact(Tensor.count(shape), storage.dtype().bytes());
            if (offset < 0 || (bytes > 0 && last(offset, shape, stride) >= storage.count())) {
                throw new IllegalArgumentException("beyond the storage");
            }
            if (bytes >= MappedFile.MAX_WINDOW) {
                throw new IllegalArgumentException("too large");
            }
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new Unpickler.Refusal(
                    "a tensor of shape " + Arrays.toString(shape) + ", strides " + Arrays.toString(stride) + " from "
                            + offset,
                    "one below 1 GiB within the " + storage.count() + " elements of storage "
                            + Malformed.shown(storage.key()));
        }
        this.storage = storage;
        this.first = storage.first() + offset;
        this.shape = shape;
        this.stride = stride;
    }

    private static long last(long offset, long[] shape, long[] stride) {
        long last = offset;
        for (int d = 0; d < shape.length; d++) {
            if (stride[d] < 0) {
                throw new IllegalArgumentException("negative stride");
            }
            last = Math.addExact(last, Math.multiplyExact(Math.max(0, shape[d] - 1), stride[d]));
        }
        return last;
    }

    TorchStorage storage() {
        return storage;
    }

    /** Heap bytes that {@link #tensor} needs: none for a window. */
    long copiedBytes() {
        long count = Tensor.count(shape);
        return count == 0 || isContiguous() ? 0 : count * storage.dtype().bytes();
    }

    /**
     * The tensor in row-major order: a window into the storage if it lies there in that order, else a copy.
     *
     * @param bytes of the whole storage
     */
    Tensor tensor(String name, ByteBuffer bytes) {
        int count = (int) Tensor.count(shape);
        int size = storage.dtype().bytes();
        if (count == 0) {
            return new Tensor(name, storage.dtype(), shape, ByteBuffer.allocate(0));
        }
        ByteBuffer ordered = isContiguous() ? bytes.slice((int) first * size, count * size) : copy(bytes, count, size);
        return new Tensor(name, storage.dtype(), shape, ordered);
    }

    private boolean isContiguous() {
        long expected = 1;
        for (int d = shape.length - 1; d >= 0; d--) {
            if (shape[d] != 1 && stride[d] != expected) {
                return false;
            }
            expected *= shape[d];
        }
        return true;
    }

    private ByteBuffer copy(ByteBuffer from, int count, int size) {
        ByteBuffer to = ByteBuffer.allocate(count * size);
        long[] index = new long[shape.length];
        long at = first;
        for (int i = 0; i < count; i++) {
            for (int b = 0; b < size; b++) {
                to.put(from.get((int) at * size + b));
            }
            for (int d = shape.length - 1; d >= 0; d--) {
                at += stride[d];
                if (++index[d] < shape[d]) {
                    break;
                }
                at -= shape[d] * stride[d];
                index[d] = 0;
            }
        }
        return to.flip();
    }
}
