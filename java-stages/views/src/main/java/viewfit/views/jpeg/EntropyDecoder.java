package viewfit.views.jpeg;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The Huffman-coded data of a sequential scan (ITU T.81, annex F): bits to coefficients, times their quantization steps. Unlike
 * libjpeg, which fills what is missing with grey, it refuses data that end too early or hold a code that does not exist.
 */
final class EntropyDecoder {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final int REGISTER = 64;
    private static final int LOOK_SHIFT = REGISTER - HuffmanTable.LOOK;
    private static final int LAST = 63;
    private static final int SKIP_16 = 0xF0;
    private static final int RST0 = 0xD0;
    private static final int RESTARTS = 8;

    private final byte[] bytes;
    private final int length;
    private int at;

    /** The next bits, from the highest down; those below {@link #valid} are 0. */
    private long register;

    private int valid;

    /** Zero bits that were put behind the end of the data, so that looking ahead needs no checks. */
    private int padding;

    private int restarts;

    EntropyDecoder(byte[] bytes, int start, int length) {
        this.bytes = bytes;
        this.at = start;
        this.length = length;
    }

    /**
     * Reads one block.
     *
     * @param component its tables
     * @param previous DC value of the block before, without its quantization step
     * @param coefficients receives the coefficients that are not 0, by number in the file and lane
     * @return DC value of this block
     * @throws JpegException if there is no such code, or more coefficients than a block has
     */
    int block(Component component, int previous, int[][] coefficients, int lane) throws JpegException {
        int[] steps = component.quantization;
        int dc = previous + difference(component.dc);
        coefficients[0][lane] = dc * steps[0];
        HuffmanTable table = component.ac;
        int[] fast = table.coefficient;
        long bits = register;
        int left = valid;
        int k = 1;
        while (k <= LAST) {
            if (left < 32) {
                register = bits;
                valid = left;
                refill();
                bits = register;
                left = valid;
            }
            int entry = fast[(int) (bits >>> LOOK_SHIFT)];
            int value;
            if (entry != 0) {
                // A shift counts modulo 64, so the other fields of the entry do no harm.
                bits <<= entry;
                left -= entry & 63;
                k += (entry >> HuffmanTable.RUN) & 255;
                value = entry >> HuffmanTable.VALUE;
            } else {
                int found = table.symbol[(int) (bits >>> LOOK_SHIFT)];
                if (found == 0) {
                    found = table.longer((int) (bits >>> (REGISTER - HuffmanTable.LONGEST)));
                }
                int symbol = found >> 8;
                int size = symbol & 15;
                bits <<= found;
                left -= found & 63;
                k += size > 0 || symbol == SKIP_16 ? symbol >> 4 : HuffmanTable.END;
                if (found == 0) {
                    throw new JpegException("a JPEG with data that are no code");
                }
                value = size == 0 ? 0 : HuffmanTable.extend((int) (bits >>> (REGISTER - size)), size);
                bits <<= size;
                left -= size;
            }
            if (k > LAST) {
                if (k < HuffmanTable.END) {
                    throw new JpegException("a JPEG with a block of more than 64 coefficients");
                }
                break;
            }
            coefficients[k][lane] = value * steps[k];
            k++;
        }
        register = bits;
        valid = left;
        return dc;
    }

    private int difference(HuffmanTable table) throws JpegException {
        if (valid < 32) {
            refill();
        }
        int found = table.symbol[(int) (register >>> LOOK_SHIFT)];
        if (found == 0) {
            found = table.longer((int) (register >>> (REGISTER - HuffmanTable.LONGEST)));
        }
        int size = found >> 8;
        if (found == 0 || size > 15) {
            throw new JpegException("a JPEG with data that are no code");
        }
        int used = found & 255;
        register <<= used;
        valid -= used;
        if (size == 0) {
            return 0;
        }
        int value = HuffmanTable.extend((int) (register >>> (REGISTER - size)), size);
        register <<= size;
        valid -= size;
        return value;
    }

    /** Adds bits until there are at least 32, which one code and its value never exceed. */
    private void refill() {
        if (at + 4 <= length) {
            int next = (int) INT.get(bytes, at);
            int inverse = ~next;
            // No byte of the four is 0xFF: nothing is stuffed and no marker follows.
            if (((inverse - 0x01010101) & next & 0x80808080) == 0) {
                register |= (next & 0xFFFFFFFFL) << (32 - valid);
                valid += 32;
                at += 4;
                return;
            }
        }
        while (valid <= REGISTER - 8) {
            int next = 0;
            if (at < length && bytes[at] != (byte) 0xFF) {
                next = bytes[at] & 255;
                at++;
            } else if (at + 1 < length && bytes[at + 1] == 0) {
                next = 0xFF;
                at += 2;
            } else {
                // A marker, or the end of the file.
                padding += 8;
            }
            register |= (long) next << (REGISTER - 8 - valid);
            valid += 8;
        }
    }

    /**
     * Checks that no bit behind the end of the data was used.
     *
     * @throws JpegException if one was
     */
    void check() throws JpegException {
        if (valid < padding) {
            throw JpegException.cut("a JPEG that ends too early");
        }
    }

    /**
     * Goes on behind the next restart marker.
     *
     * @throws JpegException if another marker or none follows
     */
    void restart() throws JpegException {
        check();
        register = 0;
        valid = 0;
        padding = 0;
        int marker = nextMarker();
        if (marker != RST0 + restarts % RESTARTS) {
            throw marker < 0
                    ? JpegException.cut("a JPEG that ends too early")
                    : new JpegException("a JPEG with its restart markers out of order");
        }
        restarts++;
        at += 2;
    }

    /** Whether a marker follows the data, as it does in a whole file; there may be other bytes before it. */
    boolean ends() {
        return nextMarker() >= 0;
    }

    /** Goes to the next marker and returns it, -1 if there is none. */
    private int nextMarker() {
        while (at + 1 < length) {
            int marker = bytes[at + 1] & 255;
            if (bytes[at] == (byte) 0xFF && marker != 0 && marker != 0xFF) {
                return marker;
            }
            at++;
        }
        return -1;
    }
}
