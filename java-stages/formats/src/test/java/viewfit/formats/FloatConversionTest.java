package viewfit.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class FloatConversionTest {
    /** Every 16-bit pattern, against the definition of the format in double arithmetic. */
    @Test
    void halfPrecisionAndBfloat16AreExact() {
        ByteBuffer bits = ByteBuffer.allocate(2 << 16).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 1 << 16; i++) {
            bits.putShort((short) i);
        }
        bits.flip();
        float[] half = FloatConversion.toF32(new Tensor("h", DType.F16, new long[] {1 << 16}, bits))
                .floats();
        float[] brain = FloatConversion.toF32(new Tensor("b", DType.BF16, new long[] {256, 256}, bits))
                .floats();
        for (int i = 0; i < 1 << 16; i++) {
            assertEquals(definition(i, 5, 10), half[i], "half " + Integer.toHexString(i));
            assertEquals(definition(i, 8, 7), brain[i], "bfloat16 " + Integer.toHexString(i));
        }
    }

    private static float definition(int bits, int exponentBits, int fractionBits) {
        int ones = (1 << exponentBits) - 1;
        int exponent = (bits >> fractionBits) & ones;
        double fraction = (bits & ((1 << fractionBits) - 1)) / (double) (1 << fractionBits);
        int bias = ones / 2;
        double magnitude;
        if (exponent == ones) {
            magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        } else if (exponent == 0) {
            magnitude = fraction * Math.pow(2, 1 - bias);
        } else {
            magnitude = (1 + fraction) * Math.pow(2, exponent - bias);
        }
        return (float) (bits < 0x8000 ? magnitude : -magnitude);
    }

    @Test
    void doublesAreRoundedToTheNearest() {
        ByteBuffer doubles = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        doubles.putDouble(0.1)
                .putDouble(1e300)
                .putDouble(-1e-300)
                .putDouble(16777217.0)
                .flip();
        Tensor out = FloatConversion.toF32(new Tensor("d", DType.F64, new long[] {4}, doubles));
        assertArrayEquals(new float[] {0.1f, Float.POSITIVE_INFINITY, -0f, 16777216f}, out.floats());
    }

    @Test
    void floatsAreNotTouchedAndIntegersRefused() {
        Tensor floats = Tensor.f32("f", new long[] {1}, 1);
        assertSame(floats, FloatConversion.toF32(floats));
        assertThrows(IllegalArgumentException.class, () -> FloatConversion.toF32(Tensor.i64("i", new long[] {1}, 1)));
    }
}
