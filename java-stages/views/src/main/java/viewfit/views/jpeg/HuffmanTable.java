package viewfit.views.jpeg;

import java.util.Arrays;

/**
 * A Huffman table of a JPEG file, made for speed: the next {@link #LOOK} bits of the stream index a table that gives, for nearly
 * every coefficient of a photograph, run, value and length at once (ITU T.81, annexes C and F).
 */
final class HuffmanTable {
    /** Bits that are looked up at once; 4 KiB of table stay in the first-level cache beside the coefficients. */
    static final int LOOK = 10;

    /** Longest code. */
    static final int LONGEST = 16;

    /** Where an entry of {@link #coefficient} holds the places to go on, and where its value. */
    static final int RUN = 8;

    static final int VALUE = 16;

    /** The run of an entry that ends a block: more than any run that a damaged file can hold. */
    static final int END = 128;

    /**
     * By the next {@link #LOOK} bits, for AC coefficients: value in the high 16 bits, run or {@link #END} in bits 8 to 15, bits of
     * code and value in the low 8; 0 where code and value together are longer than the look-up, or the code skips 16 places.
     */
    final int[] coefficient = new int[1 << LOOK];

    /** By the next {@link #LOOK} bits: symbol in bits 8 to 15, length of its code in the low 8; 0 if the code is longer. */
    private final int[] symbol = new int[1 << LOOK];

    /** By length: one past the largest code of this length, moved left to 16 bits; 0 if there is none. */
    private final int[] limit = new int[LONGEST + 1];

    /** By length: what to add to a code to get the place of its symbol. */
    private final int[] offset = new int[LONGEST + 1];

    private final int[] counts;
    private final byte[] symbols;

    /**
     * Builds the tables.
     *
     * @param counts number of codes of each length, from length 1 in element 0 to length 16
     * @param symbols the symbols in order of their codes
     * @throws JpegException if there are more codes of a length than fit
     */
    HuffmanTable(int[] counts, byte[] symbols) throws JpegException {
        this.counts = counts;
        this.symbols = symbols;
        int code = 0;
        int place = 0;
        for (int length = 1; length <= LONGEST; length++) {
            int count = counts[length - 1];
            offset[length] = place - code;
            // The code of ones alone is no code.
            if (count > 0 && code + count >= 1 << length) {
                throw new JpegException("a Huffman table with too many codes of " + length + " bits");
            }
            for (int i = 0; i < count && length <= LOOK; i++) {
                enter(code + i, length, symbols[place + i] & 255);
            }
            code += count;
            place += count;
            limit[length] = count == 0 ? 0 : code << (LONGEST - length);
            code <<= 1;
        }
    }

    private void enter(int code, int length, int sym) {
        int run = sym >> 4;
        int size = sym & 15;
        int free = LOOK - length;
        for (int rest = 0; rest < 1 << free; rest++) {
            int at = (code << free) | rest;
            symbol[at] = (sym << 8) | length;
            if (sym == 0) {
                coefficient[at] = (END << RUN) | length;
            } else if (size > 0 && size <= free) {
                int value = extend(rest >> (free - size), size);
                coefficient[at] = (value << VALUE) | (run << RUN) | (length + size);
            }
        }
    }

    /** The signed value that {@code size} bits stand for (T.81, F.2.2.1): a leading 0 means negative. */
    static int extend(int bits, int size) {
        return bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;
    }

    /**
     * Finds the next code.
     *
     * @param bits the stream, from the highest bit down
     * @return symbol in bits 8 to 15 and length in the low 8
     * @throws JpegException if there is no such code
     */
    int code(long bits) throws JpegException {
        int found = symbol[(int) (bits >>> (Long.SIZE - LOOK))];
        return found != 0 ? found : longer((int) (bits >>> (Long.SIZE - LONGEST)));
    }

    private int longer(int next) throws JpegException {
        for (int length = LOOK + 1; length <= LONGEST; length++) {
            if (next < limit[length]) {
                int place = (next >> (LONGEST - length)) + offset[length];
                return ((symbols[place] & 255) << 8) | length;
            }
        }
        throw new JpegException("a JPEG with data that are no code");
    }

    /** Whether this is the table of these counts and symbols. */
    boolean is(int[] otherCounts, byte[] otherSymbols) {
        return Arrays.equals(counts, otherCounts) && Arrays.equals(symbols, otherSymbols);
    }
}
