package viewfit.formats;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A named array as files know it: element type, shape in row-major order and little-endian bytes. Immutable as long as nobody
 * writes to the buffer it was made from; the bytes are not copied, so a tensor may be a window into a mapped file.
 */
public final class Tensor {
    private final String name;
    private final DType dtype;
    private final long[] shape;
    private final ByteBuffer data;

    /**
     * @param shape sizes, outermost first; empty for a scalar
     * @param data the elements in little-endian order, between position and limit
     * @throws IllegalArgumentException if the buffer does not hold exactly the elements of the shape
     */
    public Tensor(String name, DType dtype, long[] shape, ByteBuffer data) {
        this.name = name;
        this.dtype = dtype;
        this.shape = shape.clone();
        this.data = data.slice().asReadOnlyBuffer();
        long bytes = Math.multiplyExact(count(shape), dtype.bytes());
        if (bytes != this.data.remaining()) {
            throw new IllegalArgumentException(name + ": " + this.data.remaining() + " bytes of data: " + dtype
                    + " of shape " + Arrays.toString(shape) + " needs " + bytes);
        }
    }

    /** A float tensor; the values are copied. */
    public static Tensor f32(String name, long[] shape, float... values) {
        ByteBuffer data = allocate(values.length, DType.F32);
        data.asFloatBuffer().put(values);
        return new Tensor(name, DType.F32, shape, data);
    }

    /** An int64 tensor; the values are copied. */
    public static Tensor i64(String name, long[] shape, long... values) {
        ByteBuffer data = allocate(values.length, DType.I64);
        data.asLongBuffer().put(values);
        return new Tensor(name, DType.I64, shape, data);
    }

    private static ByteBuffer allocate(int count, DType dtype) {
        return ByteBuffer.allocate(Math.multiplyExact(count, dtype.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Number of elements of a shape; 1 for a scalar.
     *
     * @throws IllegalArgumentException for negative sizes and counts beyond a long
     */
    static long count(long[] shape) {
        long n = 1;
        boolean empty = false;
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException("shape " + Arrays.toString(shape) + ": sizes must not be negative");
            }
            empty |= size == 0;
        }
        if (empty) {
            return 0;
        }
        for (long size : shape) {
            if (Math.multiplyHigh(n, size) != 0 || n * size < 0) {
                throw new IllegalArgumentException("shape " + Arrays.toString(shape) + ": too many elements");
            }
            n *= size;
        }
        return n;
    }

    public String name() {
        return name;
    }

    public DType dtype() {
        return dtype;
    }

    /** Sizes, outermost first; empty for a scalar. */
    public long[] shape() {
        return shape.clone();
    }

    /** Number of elements. */
    public long count() {
        return count(shape);
    }

    /** Number of bytes. */
    public int byteCount() {
        return data.remaining();
    }

    /** A fresh read-only view of the bytes, little-endian, at position 0. */
    public ByteBuffer data() {
        return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The same content under another name. */
    public Tensor renamed(String newName) {
        return new Tensor(newName, dtype, shape, data);
    }

    /**
     * The values of a float tensor.
     *
     * @throws IllegalArgumentException if the elements are not F32
     */
    public float[] floats() {
        require(DType.F32);
        float[] out = new float[Math.toIntExact(count())];
        data().asFloatBuffer().get(out);
        return out;
    }

    /**
     * The values of an int64 tensor.
     *
     * @throws IllegalArgumentException if the elements are not I64
     */
    public long[] longs() {
        require(DType.I64);
        long[] out = new long[Math.toIntExact(count())];
        data().asLongBuffer().get(out);
        return out;
    }

    private void require(DType wanted) {
        if (dtype != wanted) {
            throw new IllegalArgumentException(name + ": holds " + dtype + ": " + wanted + " was asked for");
        }
    }

    /** Whether type, shape and every byte agree; names may differ. */
    public boolean sameContent(Tensor other) {
        return dtype == other.dtype && Arrays.equals(shape, other.shape) && data.equals(other.data);
    }

    @Override
    public String toString() {
        return name + " " + dtype + " " + Arrays.toString(shape);
    }
}
