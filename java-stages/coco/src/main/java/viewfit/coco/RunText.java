package viewfit.coco;

import java.util.Arrays;

/**
 * The text form of runs: from the fourth on, a run is written as its difference to the one two before it. A number is cut into
 * groups of five bits, lowest first, until the rest is what the sign of the last group says; a sixth bit tells that another
 * group follows. A group is the character 48 ('0') plus its six bits.
 *
 * <p>Source: the compressed run-length format of the COCO data sets.
 */
final class RunText {
    private static final int FIRST = 48;
    private static final int BITS = 5;
    private static final int MORE = 1 << BITS;
    private static final int SIGN = 1 << (BITS - 1);

    /** Enough groups for any difference of two runs below 2^31. */
    private static final int MOST_GROUPS = 7;

    private RunText() {}

    /**
     * The runs of a text.
     *
     * @throws IllegalArgumentException if it breaks off, has other characters, or a run is negative or too long
     */
    static int[] read(byte[] text) {
        int[] runs = new int[text.length];
        int count = 0;
        int at = 0;
        while (at < text.length) {
            long value = 0;
            int groups = 0;
            int group = MORE;
            while ((group & MORE) != 0) {
                if (at == text.length || groups == MOST_GROUPS) {
                    throw new IllegalArgumentException("text of runs that breaks off at character " + at
                            + ": must be a compressed run-length text");
                }
                group = text[at++] - FIRST;
                if (group < 0 || group > 63) {
                    throw new IllegalArgumentException("the character of code " + (text[at - 1] & 0xff)
                            + " in a text of runs: must be one of '0' to 'o'");
                }
                value |= (long) (group & (MORE - 1)) << (BITS * groups);
                groups++;
            }
            if ((group & SIGN) != 0) {
                value |= -1L << (BITS * groups);
            }
            if (count > 2) {
                value += runs[count - 2];
            }
            if (value < 0 || value > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "run " + count + " of " + value + " pixels in a text of runs: must be 0 or more");
            }
            runs[count++] = (int) value;
        }
        return Arrays.copyOf(runs, count);
    }

    /** The text of runs. */
    static String write(int[] runs) {
        StringBuilder text = new StringBuilder(runs.length * 2);
        for (int i = 0; i < runs.length; i++) {
            long value = i > 2 ? (long) runs[i] - runs[i - 2] : runs[i];
            boolean more = true;
            while (more) {
                int group = (int) (value & (MORE - 1));
                value >>= BITS;
                more = value != ((group & SIGN) == 0 ? 0 : -1);
                text.append((char) (FIRST + (more ? group | MORE : group)));
            }
        }
        return text.toString();
    }
}
