package viewfit.engine;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A libtorch tensor. It belongs to the {@link Scope} that made it and is freed with it; nothing else of DJL leaves
 * this package.
 */
public final class Tensor {
    private final PtNDArray array;

    Tensor(PtNDArray array) {
        this.array = array;
    }

    long handle() {
        return array.getHandle();
    }

    PtNDArray array() {
        return array;
    }

    /** Sizes in PyTorch order; a scalar has none. */
    public long[] shape() {
        return array.getShape().getShape();
    }

    /** Number of values. */
    public long size() {
        return array.getShape().size();
    }

    /**
     * Copies a contiguous float tensor to the heap.
     *
     * @throws IllegalStateException for another element type; strided tensors must pass {@link TorchRuntime#floats} instead
     */
    float[] contiguousFloats() {
        if (array.getDataType() != DataType.FLOAT32) {
            throw new IllegalStateException("expected a float32 tensor, found " + array.getDataType());
        }
        ByteBuffer bytes = NativeCall.of(() -> array.toByteBuffer()).order(ByteOrder.nativeOrder());
        float[] values = new float[Math.toIntExact(size())];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    /** Frees the tensor before its scope ends. */
    public void close() {
        array.close();
    }

    @Override
    public String toString() {
        return "Tensor" + Arrays.toString(shape());
    }
}
