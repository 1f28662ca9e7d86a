package viewfit.views;

import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import viewfit.core.data.ImageSize;

/**
 * PNG files (ISO/IEC 15948) to RGB as Pillow reads them: alpha and {@code tRNS} are dropped without blending, grey is spread
 * over its range and copied to three channels, 16-bit colours keep their high byte, and 16-bit grey without alpha is cut off
 * at 255 instead. A palette index without an entry is black. Checksums of the chunks before the pixels must hold; the pixels
 * have one of their own. What lies behind the last pixel may be missing.
 *
 * <p>Holds two rows beside the picture; text, profiles and other ancillary chunks are never unpacked.
 */
final class PngDecoder {
    private static final int SIGNATURE = 8;
    private static final int GREY = 0;
    private static final int RGB = 2;
    private static final int PALETTE = 3;
    private static final int GREY_ALPHA = 4;
    private static final int RGB_ALPHA = 6;
    private static final int PALETTE_BYTES = 3 * 256;

    /** No deflate stream expands further: 258 bytes for two bits. */
    private static final long MOST_EXPANSION = 1032;

    /** Columns and rows where the passes of an interlaced picture start, and their steps. */
    private static final int[][] PASSES = {
        {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
    };

    private static final int[][] ONE_PASS = {{0, 0, 1, 1}};

    private final Octets in;
    private final int width;
    private final int height;
    private final int bits;
    private final int type;
    private final int samples;
    private final boolean interlaced;
    private final byte[] palette = new byte[PALETTE_BYTES];

    /** The next byte of the pixel data, the rest of its chunk, and all of them. */
    private int at;

    private int left;
    private long packed;

    /**
     * Reads all that comes before the pixels.
     *
     * @throws BrokenImage if that is not a PNG
     */
    PngDecoder(byte[] bytes) throws BrokenImage {
        in = new Octets(bytes, "PNG");
        long header = chunk(SIGNATURE);
        if (!in.tag(SIGNATURE + 4).equals("IHDR") || header != 13) {
            throw BrokenImage.corrupt("a PNG without a header");
        }
        int from = SIGNATURE + 8;
        long columns = in.be32(from);
        long rows = in.be32(from + 4);
        if (columns < 1 || rows < 1 || columns > Integer.MAX_VALUE || rows > Integer.MAX_VALUE) {
            throw BrokenImage.corrupt("a PNG of " + columns + "x" + rows + " pixels");
        }
        width = (int) columns;
        height = (int) rows;
        bits = in.u8(from + 8);
        type = in.u8(from + 9);
        samples = samples(type, bits);
        if (in.u8(from + 10) != 0 || in.u8(from + 11) != 0 || in.u8(from + 12) > 1) {
            throw BrokenImage.unsupported("a PNG with an unknown compression, filter or interlace method");
        }
        interlaced = in.u8(from + 12) == 1;
        findPixels(SIGNATURE + 12 + header);
    }

    private static int samples(int type, int bits) throws BrokenImage {
        boolean shallow = bits == 1 || bits == 2 || bits == 4;
        boolean deep = bits == 16;
        boolean known =
                switch (type) {
                    case GREY -> shallow || bits == 8 || deep;
                    case PALETTE -> shallow || bits == 8;
                    case RGB, GREY_ALPHA, RGB_ALPHA -> bits == 8 || deep;
                    default -> false;
                };
        if (!known) {
            throw BrokenImage.corrupt("a PNG of colour type " + type + " with " + bits + " bits");
        }
        return switch (type) {
            case RGB -> 3;
            case GREY_ALPHA -> 2;
            case RGB_ALPHA -> 4;
            default -> 1;
        };
    }

    /** Checks a chunk and returns the length of its content. */
    private long chunk(long from) throws BrokenImage {
        long length = in.be32(from);
        in.need(from, length + 12);
        CRC32 crc = new CRC32();
        crc.update(in.bytes, (int) from + 4, (int) length + 4);
        if (crc.getValue() != in.be32(from + 8 + length)) {
            throw BrokenImage.corrupt("a PNG with a wrong checksum in " + in.tag(from + 4));
        }
        return length;
    }

    private void findPixels(long start) throws BrokenImage {
        long from = start;
        while (!in.tag(from + 4).equals("IDAT")) {
            String tag = in.tag(from + 4);
            long length = chunk(from);
            if (tag.equals("IEND")) {
                throw BrokenImage.corrupt("a PNG without pixels");
            }
            if (tag.equals("PLTE")) {
                if (length > PALETTE_BYTES) {
                    throw BrokenImage.corrupt("a PNG with a palette of " + length + " bytes");
                }
                System.arraycopy(in.bytes, (int) from + 8, palette, 0, (int) length / 3 * 3);
            }
            from += length + 12;
        }
        at = (int) from + 8;
        left = (int) Math.min(in.be32(from), in.length() - at);
        long next = from;
        while (next + 8 <= in.length() && in.tag(next + 4).equals("IDAT")) {
            packed += Math.min(in.be32(next), in.length() - next - 8);
            next += in.be32(next) + 12;
        }
    }

    ImageSize size() {
        return new ImageSize(width, height);
    }

    /** Requires the mark at the end. */
    void requireEnd() throws BrokenImage {
        long from = SIGNATURE;
        while (!in.tag(from + 4).equals("IEND")) {
            from += in.be32(from) + 12;
        }
    }

    /** Decodes the pixels. */
    void decode(Pixels into) throws BrokenImage {
        int[][] passes = interlaced ? PASSES : ONE_PASS;
        long raw = 0;
        for (int[] pass : passes) {
            raw += (long) rows(pass) * (columns(pass) == 0 ? 0 : 1 + rowBytes(columns(pass)));
        }
        // A header may ask for any size; nothing is allocated for what the data cannot hold.
        if (raw > packed * MOST_EXPANSION) {
            throw BrokenImage.truncated("a PNG that ends too early");
        }
        into.reshape(width, height);
        Inflater inflater = new Inflater();
        try {
            for (int[] pass : passes) {
                decode(pass, inflater, into);
            }
            // The checksum of the pixels, where the file still has it.
            fill(inflater, new byte[1], 1, true);
        } catch (DataFormatException e) {
            throw BrokenImage.corrupt("a PNG with damaged pixels (" + e.getMessage() + ")");
        } finally {
            inflater.end();
        }
    }

    private int columns(int[] pass) {
        return Math.max(0, (width - pass[0] + pass[2] - 1) / pass[2]);
    }

    private int rows(int[] pass) {
        return Math.max(0, (height - pass[1] + pass[3] - 1) / pass[3]);
    }

    private int rowBytes(int columns) {
        return Math.toIntExact(((long) columns * samples * bits + 7) / 8);
    }

    private void decode(int[] pass, Inflater inflater, Pixels into) throws BrokenImage, DataFormatException {
        int columns = columns(pass);
        if (columns == 0) {
            return;
        }
        int length = rowBytes(columns);
        int step = Math.max(1, samples * bits / 8);
        byte[] row = new byte[length + 1];
        byte[] above = new byte[length + 1];
        for (int y = pass[1]; y < height; y += pass[3]) {
            fill(inflater, row, length + 1, false);
            unfilter(row, above, step);
            paint(row, columns, into.data(), 3 * (y * width + pass[0]), 3 * pass[2]);
            byte[] swap = above;
            above = row;
            row = swap;
        }
    }

    /** Unpacks {@code count} bytes; with {@code atEnd}, as many as there are. */
    private void fill(Inflater inflater, byte[] to, int count, boolean atEnd) throws BrokenImage, DataFormatException {
        int done = 0;
        while (done < count) {
            int n = inflater.inflate(to, done, count - done);
            done += n;
            if (n == 0 && (inflater.finished() || inflater.needsDictionary() || !feed(inflater))) {
                if (atEnd) {
                    return;
                }
                throw BrokenImage.truncated("a PNG that ends too early");
            }
        }
    }

    /** Hands over the next chunk of pixels; false if there is none. */
    private boolean feed(Inflater inflater) throws BrokenImage {
        while (left == 0) {
            long next = at + 4L;
            if (next + 8 > in.length() || !in.tag(next + 4).equals("IDAT")) {
                return false;
            }
            at = (int) next + 8;
            left = (int) Math.min(in.be32(next), in.length() - at);
        }
        inflater.setInput(in.bytes, at, left);
        at += left;
        left = 0;
        return true;
    }

    private static void unfilter(byte[] row, byte[] above, int step) throws BrokenImage {
        int filter = row[0];
        switch (filter) {
            case 0 -> {}
            case 1 -> {
                for (int i = 1 + step; i < row.length; i++) {
                    row[i] += row[i - step];
                }
            }
            case 2 -> {
                for (int i = 1; i < row.length; i++) {
                    row[i] += above[i];
                }
            }
            case 3 -> {
                for (int i = 1; i < row.length; i++) {
                    int before = i > step ? row[i - step] & 255 : 0;
                    row[i] += (byte) ((before + (above[i] & 255)) / 2);
                }
            }
            case 4 -> {
                for (int i = 1; i < row.length; i++) {
                    boolean first = i <= step;
                    row[i] += (byte)
                            paeth(first ? 0 : row[i - step] & 255, above[i] & 255, first ? 0 : above[i - step] & 255);
                }
            }
            default -> throw BrokenImage.corrupt("a PNG with an unknown filter " + (filter & 255));
        }
    }

    private static int paeth(int a, int b, int c) {
        int toA = Math.abs(b - c);
        int toB = Math.abs(a - c);
        int toC = Math.abs(a + b - 2 * c);
        if (toA <= toB && toA <= toC) {
            return a;
        }
        return toB <= toC ? b : c;
    }

    private void paint(byte[] row, int columns, byte[] to, int start, int step) {
        int bytes = bits / 8;
        int q = start;
        for (int x = 0; x < columns; x++, q += step) {
            if (type == RGB || type == RGB_ALPHA) {
                int p = 1 + x * samples * bytes;
                to[q] = row[p];
                to[q + 1] = row[p + bytes];
                to[q + 2] = row[p + 2 * bytes];
            } else if (type == PALETTE) {
                System.arraycopy(palette, 3 * sample(row, x), to, q, 3);
            } else {
                byte grey = (byte) grey(row, x);
                to[q] = grey;
                to[q + 1] = grey;
                to[q + 2] = grey;
            }
        }
    }

    private int grey(byte[] row, int x) {
        if (type == GREY_ALPHA) {
            return row[1 + x * bits / 4];
        }
        if (bits == 16) {
            return row[1 + 2 * x] == 0 ? row[2 + 2 * x] : 255;
        }
        return sample(row, x) * (255 / ((1 << bits) - 1));
    }

    /** A sample of at most 8 bits, the first of a byte in its high bits. */
    private int sample(byte[] row, int x) {
        int bit = x * bits;
        int shift = 8 - bits - (bit & 7);
        return (row[1 + (bit >> 3)] & 255) >> shift & ((1 << bits) - 1);
    }
}
