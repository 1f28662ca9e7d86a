package viewfit.views.jpeg;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Coefficients to samples, many blocks at a time: coefficient k of block i is {@code coefficients[k][i]}, so that every loop runs
 * over blocks with one index and becomes vector code; loops are small because the just-in-time compiler leaves large ones scalar.
 *
 * <p>The transform is the accurate integer one of libjpeg (Loeffler, Ligtenberg and Moschytz 1989, 13-bit constants, 2 more bits
 * between the passes), whose rounding decides the last bit of every sample. Its factors are multiplied out here: sums of four
 * products for the even and for the odd coefficients, the same integers in another order for all that an encoder writes.
 */
final class InverseDct {
    /** Blocks that are transformed together; more would not fit the caches, fewer would make the loops short. */
    static final int BLOCKS = 256;

    private static final int SIDE = 8;
    private static final int SIZE = SIDE * SIDE;
    private static final int FIRST_SHIFT = 11;
    private static final int SECOND_SHIFT = 18;
    private static final int LEVEL = 128;

    /** Weights of coefficients 0, 2, 4 and 6 in the even half of samples 0 to 3. */
    private static final int[][] EVEN = {
        {8192, 10703, 8192, 4433}, {8192, 4433, -8192, -10704}, {8192, -4433, -8192, 10704}, {8192, -10703, 8192, -4433}
    };

    /** Weights of coefficients 1, 3, 5 and 7 in the odd half, which is added for samples 0 to 3 and subtracted for 7 to 4. */
    private static final int[][] ODD = {
        {11363, 9633, 6437, 2260}, {9633, -2259, -11362, -6436}, {6437, -11362, 2261, 9633}, {2260, -6436, 9633, -11363}
    };

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final int[][] coefficients = new int[SIZE][BLOCKS];

    /** The coefficients in the order of the file, to be written by number and lane; all zero when a block is started. */
    final int[][] inFileOrder = new int[SIZE][];

    private final int[][] even = new int[SIDE / 2][BLOCKS];
    private final int[][] odd = new int[SIDE / 2][BLOCKS];
    private final int[] targets = new int[BLOCKS];
    private final int[] strides = new int[BLOCKS];
    private byte[] planes = new byte[0];
    private int count;

    InverseDct() {
        for (int k = 0; k < SIZE; k++) {
            inFileOrder[k] = coefficients[Frame.NATURAL[k]];
        }
    }

    /** Where the samples of the following blocks go. */
    void into(byte[] newPlanes) {
        planes = newPlanes;
        count = 0;
        for (int[] lanes : coefficients) {
            Arrays.fill(lanes, 0);
        }
    }

    /**
     * Starts a block.
     *
     * @param target its first sample in the planes
     * @param stride samples from row to row
     * @return its lane
     */
    int add(int target, int stride) {
        if (count == BLOCKS) {
            flush();
        }
        targets[count] = target;
        strides[count] = stride;
        return count++;
    }

    /** Transforms all blocks that were started and writes their samples. */
    void flush() {
        for (int x = 0; x < SIDE; x++) {
            pass(x, SIDE, 1 << (FIRST_SHIFT - 1), FIRST_SHIFT);
        }
        for (int y = 0; y < SIDE; y++) {
            pass(y * SIDE, 1, (1 << (SECOND_SHIFT - 1)) + (LEVEL << SECOND_SHIFT), SECOND_SHIFT);
            write(y);
        }
        for (int[] lanes : coefficients) {
            Arrays.fill(lanes, 0, count, 0);
        }
        count = 0;
    }

    /** One pass in place: the eight values of each block along a column or a row. */
    private void pass(int first, int step, int offset, int shift) {
        int[][] c = coefficients;
        int n = count;
        for (int k = 0; k < SIDE / 2; k++) {
            sum(c[first], c[first + 2 * step], c[first + 4 * step], c[first + 6 * step], EVEN[k], offset, even[k], n);
            sum(c[first + step], c[first + 3 * step], c[first + 5 * step], c[first + 7 * step], ODD[k], 0, odd[k], n);
        }
        for (int k = 0; k < SIDE / 2; k++) {
            join(even[k], odd[k], c[first + k * step], c[first + (SIDE - 1 - k) * step], shift, n);
        }
    }

    private static void sum(int[] a, int[] b, int[] c, int[] d, int[] weights, int offset, int[] to, int n) {
        int wa = weights[0];
        int wb = weights[1];
        int wc = weights[2];
        int wd = weights[3];
        for (int i = 0; i < n; i++) {
            to[i] = offset + a[i] * wa + b[i] * wb + c[i] * wc + d[i] * wd;
        }
    }

    private static void join(int[] even, int[] odd, int[] sum, int[] difference, int shift, int n) {
        for (int i = 0; i < n; i++) {
            sum[i] = (even[i] + odd[i]) >> shift;
            difference[i] = (even[i] - odd[i]) >> shift;
        }
    }

    /** Writes a row of every block to the planes. */
    private void write(int y) {
        int[][] c = coefficients;
        int n = count;
        for (int x = 0; x < SIDE; x++) {
            clamp(c[y * SIDE + x], n);
        }
        int[] low = even[0];
        int[] high = even[1];
        pack(c[y * SIDE], c[y * SIDE + 1], c[y * SIDE + 2], c[y * SIDE + 3], low, n);
        pack(c[y * SIDE + 4], c[y * SIDE + 5], c[y * SIDE + 6], c[y * SIDE + 7], high, n);
        for (int i = 0; i < n; i++) {
            LONG.set(planes, targets[i] + y * strides[i], (low[i] & 0xFFFFFFFFL) | ((long) high[i] << 32));
        }
    }

    /** Limits to 0..255 in operations that exist as vector instructions. */
    private static void clamp(int[] lanes, int n) {
        for (int i = 0; i < n; i++) {
            int v = lanes[i];
            v &= ~(v >> 31);
            lanes[i] = (v | ((255 - v) >> 31)) & 255;
        }
    }

    private static void pack(int[] a, int[] b, int[] c, int[] d, int[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = a[i] | (b[i] << 8) | (c[i] << 16) | (d[i] << 24);
        }
    }
}
