package viewfit.formats;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;

/** Tensors of other floating-point types as float32. */
public final class FloatConversion {
    /** The types that {@link #toF32} takes. */
    static final Set<DType> FLOATS = Set.of(DType.F16, DType.BF16, DType.F32, DType.F64);

    private static final int HALF_FRACTION_BITS = 10;
    private static final int HALF_EXPONENT_MASK = 0x1f;
    private static final int FLOAT_FRACTION_BITS = 23;

    private FloatConversion() {}

    /**
     * The same values as float32, under the same name and shape. Nothing is lost from half precision and bfloat16, whose values
     * are all float32 values. Double precision is rounded to the nearest float32: 29 bits of the fraction go, values beyond
     * 3.4e38 become infinite and values below 1.4e-45 become 0.
     *
     * @return the tensor itself if it is float32 already
     * @throws IllegalArgumentException for whole numbers and booleans
     */
    public static Tensor toF32(Tensor tensor) {
        if (tensor.dtype() == DType.F32) {
            return tensor;
        }
        if (!FLOATS.contains(tensor.dtype())) {
            throw new IllegalArgumentException(tensor + ": only floating-point values become float32");
        }
        int count = Math.toIntExact(tensor.count());
        ByteBuffer from = tensor.data();
        ByteBuffer to =
                ByteBuffer.allocate(Math.multiplyExact(count, Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            to.putFloat(
                    switch (tensor.dtype()) {
                        case F16 -> half(from.getShort());
                        case BF16 -> Float.intBitsToFloat(from.getShort() << 16);
                        default -> (float) from.getDouble();
                    });
        }
        return new Tensor(tensor.name(), DType.F32, tensor.shape(), to.flip());
    }

    /** IEEE 754 binary16: sign, 5 bits of exponent with bias 15, 10 bits of fraction. */
    private static float half(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = (bits >> HALF_FRACTION_BITS) & HALF_EXPONENT_MASK;
        int fraction = bits & 0x3ff;
        if (exponent == 0) {
            float magnitude = fraction * 0x1p-24f; // subnormal; exact
            return sign == 0 ? magnitude : -magnitude;
        }
        int wide = exponent == HALF_EXPONENT_MASK ? 0xff : exponent - 15 + 127;
        int place = FLOAT_FRACTION_BITS - HALF_FRACTION_BITS;
        return Float.intBitsToFloat(sign | (wide << FLOAT_FRACTION_BITS) | (fraction << place));
    }
}
