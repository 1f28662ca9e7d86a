package viewfit.views.jpeg;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The Huffman-coded data of a sequential scan (ITU T.81, annex F): bits to coefficients, times their quantization steps. Unlike
 * libjpeg, which fills what is missing with grey, it refuses data that end too early or hold a code that does not exist. Keeps its
 * buffer.
 *
 * <p>The data between two markers are first copied without the zero bytes that are stuffed behind every 0xFF, so that the loop over
 * the codes takes eight bytes at a time and asks nothing about them.
 */
final class EntropyDecoder {
    private static final VarHandle BIG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int REGISTER = 64;
    private static final int LOOK_SHIFT = REGISTER - HuffmanTable.LOOK;
    private static final int LAST = 63;
    private static final int SKIP_16 = 0xF0;
    private static final int RST0 = 0xD0;
    private static final int EOI = 0xD9;
    private static final int RESTARTS = 8;

    /** Zero bytes behind the data: more than a block takes, after which it is seen that the data have ended. */
    private static final int PADDING = 512;

    private static final int PIECE = 1 << 16;
    private static final int MOST_KEPT = 16 << 20;

    private byte[] file = new byte[0];
    private int fileLength;
    private int fileAt;
    private int restarts;

    private byte[] data = new byte[PIECE + PADDING];
    private int dataLength;
    private int at;

    /** The next bits, from the highest down; those below {@link #valid} are 0 or those that will come next. */
    private long register;

    private int valid;

    /** Starts at the data of a scan. */
    void open(byte[] newFile, int start, int length) {
        file = newFile;
        fileAt = start;
        fileLength = length;
        restarts = 0;
        segment();
    }

    /** Lets go of the file, and of a buffer that only a very long one needs. */
    void release() {
        file = new byte[0];
        if (data.length > MOST_KEPT) {
            data = new byte[PIECE + PADDING];
        }
    }

    /** Copies the data up to the next marker. */
    private void segment() {
        byte[] from = file;
        byte[] to = data;
        int p = fileAt;
        int q = 0;
        while (p < fileLength) {
            // Room for one piece at a time: behind a scan there may be any number of other bytes.
            int end = Math.min(fileLength, p + PIECE);
            if (to.length < q + PIECE + PADDING) {
                to = Arrays.copyOf(to, q + q / 2 + PIECE + PADDING);
                data = to;
            }
            while (p + 8 <= end) {
                long eight = (long) LONG.get(from, p);
                // Written whole: what is behind a 0xFF among them is overwritten below.
                LONG.set(to, q, eight);
                if (((~eight - 0x0101010101010101L) & eight & 0x8080808080808080L) != 0) {
                    break;
                }
                p += 8;
                q += 8;
            }
            while (p < end && from[p] != (byte) 0xFF) {
                to[q++] = from[p++];
            }
            if (p == end) {
                continue;
            }
            int behind = p + 1;
            while (behind < fileLength && from[behind] == (byte) 0xFF) {
                behind++;
            }
            if (behind >= fileLength || from[behind] != 0) {
                break;
            }
            to[q++] = (byte) 0xFF;
            p = behind + 1;
        }
        Arrays.fill(to, q, q + PADDING, (byte) 0);
        fileAt = p;
        dataLength = q;
        at = 0;
        register = 0;
        valid = 0;
    }

    /**
     * Reads one block.
     *
     * @param component its tables
     * @param previous DC value of the block before, without its quantization step
     * @param coefficients receives the coefficients that are not 0, by number in the file and lane
     * @return DC value of this block
     * @throws JpegException if the data end, there is no such code, or more coefficients than a block has
     */
    int block(Component component, int previous, int[][] coefficients, int lane) throws JpegException {
        byte[] from = data;
        int[] steps = component.quantization;
        long bits = register;
        int left = valid;
        int next = at;
        // Tops up to more than 56 bits, without a branch that nobody could predict. A code and its value take at most
        // 31.
        bits |= (long) BIG.get(from, next) >>> left;
        next += (63 - left) >> 3;
        left |= 56;
        int code = component.dc.code(bits);
        int size = code >> 8;
        if (size > 15) {
            throw new JpegException("a JPEG with data that are no code");
        }
        bits <<= code;
        left -= code & 63;
        int dc = previous;
        if (size > 0) {
            dc += HuffmanTable.extend((int) (bits >>> (REGISTER - size)), size);
            bits <<= size;
            left -= size;
        }
        coefficients[0][lane] = dc * steps[0];
        HuffmanTable table = component.ac;
        int[] fast = table.coefficient;
        int k = 1;
        while (k <= LAST) {
            bits |= (long) BIG.get(from, next) >>> left;
            next += (63 - left) >> 3;
            left |= 56;
            int entry = fast[(int) (bits >>> LOOK_SHIFT)];
            int value;
            if (entry != 0) {
                // A shift counts modulo 64, so the other fields of the entry do no harm.
                bits <<= entry;
                left -= entry & 63;
                k += (entry >> HuffmanTable.RUN) & 255;
                value = entry >> HuffmanTable.VALUE;
            } else {
                code = table.code(bits);
                int symbol = code >> 8;
                size = symbol & 15;
                bits <<= code;
                left -= code & 63;
                k += size > 0 || symbol == SKIP_16 ? symbol >> 4 : HuffmanTable.END;
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
        if (8L * next - left > 8L * dataLength) {
            throw JpegException.cut("a JPEG that ends too early");
        }
        register = bits;
        valid = left;
        at = next;
        return dc;
    }

    /**
     * Goes on behind the next restart marker.
     *
     * @throws JpegException if another marker or none follows
     */
    void restart() throws JpegException {
        int marker = nextMarker();
        if (marker != RST0 + restarts % RESTARTS) {
            throw marker < 0
                    ? JpegException.cut("a JPEG that ends too early")
                    : new JpegException("a JPEG with its restart markers out of order");
        }
        restarts++;
        fileAt += 2;
        segment();
    }

    /** Whether an end-of-image marker follows, as it does in a whole file; there may be other bytes before it. */
    boolean ends() {
        int marker = nextMarker();
        while (marker >= 0 && marker != EOI) {
            fileAt += 2;
            marker = nextMarker();
        }
        return marker == EOI;
    }

    /** Goes to the next marker and returns it, -1 if there is none. */
    private int nextMarker() {
        while (fileAt + 1 < fileLength) {
            int marker = file[fileAt + 1] & 255;
            if (file[fileAt] == (byte) 0xFF && marker != 0 && marker != 0xFF) {
                return marker;
            }
            fileAt++;
        }
        return -1;
    }
}
