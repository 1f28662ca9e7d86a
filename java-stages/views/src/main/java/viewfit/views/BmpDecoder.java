package viewfit.views;

import java.util.Locale;
import viewfit.core.data.ImageSize;

/**
 * BMP files to RGB as Pillow reads them: 1, 4 and 8 bits with a palette, plain or run-length encoded; 16 bits with 5 or 6
 * per colour; 24 and 32 bits with a byte per colour, alpha dropped; either direction; headers of OS/2 1.x and of Windows 3
 * to 5. A palette index without an entry is black. The padding of the last row may be missing.
 *
 * <p>Rare kinds that Pillow misreads or refuses are read by the format's definition: 4-bit pictures whose palette is a grey
 * ramp, 4- and 8-bit pictures whose palette is black and white, runs of an odd number of 4-bit pixels, and whole bytes as
 * colours in any order.
 */
final class BmpDecoder {
    private static final int FILE_HEADER = 14;
    private static final int OS2_HEADER = 12;
    private static final int RAW = 0;
    private static final int RLE8 = 1;
    private static final int RLE4 = 2;
    private static final int BIT_FIELDS = 3;

    private final Octets in;
    private final int width;
    private final int height;
    private final boolean topDown;
    private final int bits;
    private final int compression;
    private final long start;
    private final byte[] palette = new byte[3 * 256];

    /** Lowest bit and number of bits of red, green and blue in a pixel. */
    private final int[] shift = new int[3];

    private final int[] depth = new int[3];

    /**
     * Reads all that comes before the pixels.
     *
     * @throws BrokenImage if that is not a BMP that is read
     */
    BmpDecoder(byte[] bytes) throws BrokenImage {
        in = new Octets(bytes, "BMP");
        long header = in.le32(FILE_HEADER);
        boolean os2 = header == OS2_HEADER;
        if (!os2 && header != 40 && header != 52 && header != 56 && header != 64 && header != 108 && header != 124) {
            throw BrokenImage.unsupported("a BMP with a header of " + header + " bytes");
        }
        in.need(FILE_HEADER, header);
        long columns = os2 ? in.le16(FILE_HEADER + 4) : in.le32(FILE_HEADER + 4);
        int signed = os2 ? in.le16(FILE_HEADER + 6) : (int) in.le32(FILE_HEADER + 8);
        topDown = signed < 0;
        long rows = Math.abs((long) signed);
        if (columns < 1 || rows < 1 || columns > Integer.MAX_VALUE || rows > Integer.MAX_VALUE) {
            throw BrokenImage.corrupt("a BMP of " + columns + "x" + rows + " pixels");
        }
        width = (int) columns;
        height = (int) rows;
        bits = in.le16(FILE_HEADER + (os2 ? 10 : 14));
        compression = os2 ? RAW : (int) in.le32(FILE_HEADER + 16);
        if (bits != 1 && bits != 4 && bits != 8 && bits != 16 && bits != 24 && bits != 32) {
            throw BrokenImage.unsupported("a BMP of " + bits + " bits");
        }
        boolean runs = (compression == RLE8 || compression == RLE4) && (bits == 8 || bits == 4);
        if (compression != RAW && !runs && !(compression == BIT_FIELDS && bits > 8)) {
            throw BrokenImage.unsupported("a BMP of " + bits + " bits with compression " + compression);
        }
        long after = FILE_HEADER + header;
        if (compression == BIT_FIELDS) {
            masks(FILE_HEADER + 40);
            after = Math.max(after, FILE_HEADER + 52);
        } else if (bits > 8) {
            int each = bits == 16 ? 5 : 8;
            fields(2 * each, each, 0, each, each, each);
        }
        if (bits <= 8) {
            long given = os2 ? 0 : in.le32(FILE_HEADER + 32);
            long colours = given == 0 ? 1L << bits : given;
            if (colours > 256) {
                throw BrokenImage.corrupt("a BMP with " + colours + " colours");
            }
            int entry = os2 ? 3 : 4;
            readPalette(after, (int) colours, entry);
            after += colours * entry;
            // Some writers forget the palette when they say where the pixels are.
            start = in.le32(10) == FILE_HEADER + header ? in.le32(10) + 4 * colours : pixelsAt(after);
        } else {
            start = pixelsAt(after);
        }
    }

    private long pixelsAt(long after) throws BrokenImage {
        long offset = in.le32(10);
        return offset == 0 ? after : offset;
    }

    /** Where the palette is a grey ramp, an index without an entry is its own grey level. */
    private void readPalette(long from, int colours, int entry) throws BrokenImage {
        boolean ramp = true;
        for (int i = 0; i < colours && from + (long) (i + 1) * entry <= in.length(); i++) {
            for (int c = 0; c < 3; c++) {
                palette[3 * i + c] = (byte) in.u8(from + (long) i * entry + 2 - c);
                ramp &= palette[3 * i + c] == (byte) i;
            }
        }
        for (int i = 3 * colours; ramp && i < palette.length; i++) {
            palette[i] = (byte) (i / 3);
        }
    }

    private void masks(int from) throws BrokenImage {
        long red = in.le32(from);
        long green = in.le32(from + 4);
        long blue = in.le32(from + 8);
        if (red == 0 && green == 0 && blue == 0 && bits == 32) {
            fields(16, 8, 0, 8, 8, 8);
            return;
        }
        fields(
                Long.numberOfTrailingZeros(red),
                Long.numberOfTrailingZeros(green),
                Long.numberOfTrailingZeros(blue),
                Long.bitCount(red),
                Long.bitCount(green),
                Long.bitCount(blue));
        boolean known = bits == 16
                ? ((red == 0xF800 && green == 0x7E0) || (red == 0x7C00 && green == 0x3E0)) && blue == 0x1F
                : whole(red) && whole(green) && whole(blue);
        if (!known) {
            throw BrokenImage.unsupported(
                    String.format(Locale.ROOT, "a BMP with the colour masks %x, %x, %x", red, green, blue));
        }
    }

    private boolean whole(long mask) {
        int low = Long.numberOfTrailingZeros(mask);
        return low % 8 == 0 && low < bits && mask == 0xFFL << low;
    }

    private void fields(int red, int green, int blue, int redBits, int greenBits, int blueBits) {
        shift[0] = red;
        shift[1] = green;
        shift[2] = blue;
        depth[0] = redBits;
        depth[1] = greenBits;
        depth[2] = blueBits;
    }

    ImageSize size() {
        return new ImageSize(width, height);
    }

    /** Requires the bytes of all rows, or of run-length encoded rows the bytes the header announces. */
    void requireEnd() throws BrokenImage {
        if (compression == RLE8 || compression == RLE4) {
            in.need(start, Math.max(2, in.le32(FILE_HEADER + 20)));
        } else {
            in.need(start, stride() * (height - 1) + rowBytes());
        }
    }

    private long stride() {
        return ((long) width * bits + 31) / 32 * 4;
    }

    private long rowBytes() {
        return ((long) width * bits + 7) / 8;
    }

    /** Decodes the pixels. */
    void decode(Pixels into) throws BrokenImage {
        if (compression == RLE8 || compression == RLE4) {
            runs(into);
            return;
        }
        requireEnd();
        into.reshape(width, height);
        for (int i = 0; i < height; i++) {
            row((int) (start + i * stride()), into.data(), 3 * width * (topDown ? i : height - 1 - i));
        }
    }

    private void row(int from, byte[] to, int start) {
        int q = start;
        for (int x = 0; x < width; x++, q += 3) {
            if (bits <= 8) {
                int bit = x * bits;
                int index = (in.bytes[from + (bit >> 3)] & 255) >> (8 - bits - (bit & 7)) & ((1 << bits) - 1);
                System.arraycopy(palette, 3 * index, to, q, 3);
                continue;
            }
            int pixel = 0;
            int p = from + x * (bits / 8);
            for (int b = 0; b < bits / 8; b++) {
                pixel |= (in.bytes[p + b] & 255) << (8 * b);
            }
            for (int c = 0; c < 3; c++) {
                int most = (1 << depth[c]) - 1;
                to[q + c] = (byte) ((pixel >>> shift[c] & most) * 255 / most);
            }
        }
    }

    /** Runs of pixels, counted through all rows; a row may not be cut short by the end of the picture. */
    private void runs(Pixels into) throws BrokenImage {
        // Two bytes make at most 255 pixels, or skip 255 rows and columns.
        long most = (in.length() - start) / 2 * (255L + 255L * width);
        long pixels = (long) width * height;
        if (pixels > most) {
            throw BrokenImage.truncated("a BMP that ends too early");
        }
        into.reshape(width, height);
        Canvas canvas = new Canvas(into);
        boolean nibbles = compression == RLE4;
        long at = start;
        int x = 0;
        while (canvas.at < pixels) {
            int count = in.u8(at);
            int value = in.u8(at + 1);
            at += 2;
            if (count > 0) {
                int run = Math.max(0, Math.min(count, width - x));
                for (int i = 0; i < run; i++) {
                    canvas.put(!nibbles ? value : i % 2 == 0 ? value >> 4 : value & 15);
                }
                x += run;
            } else if (value == 0) {
                while (canvas.at % width != 0) {
                    canvas.put(0);
                }
                x = 0;
            } else if (value == 1) {
                throw BrokenImage.truncated("a BMP with too few pixels");
            } else if (value == 2) {
                long skip = in.u8(at) + (long) in.u8(at + 1) * width;
                at += 2;
                for (long i = 0; i < skip && canvas.at < pixels; i++) {
                    canvas.put(0);
                }
                x = (int) (canvas.at % width);
            } else {
                int bytes = nibbles ? (value + 1) / 2 : value;
                in.need(at, bytes);
                for (int i = 0; i < value; i++) {
                    int b = in.u8(at + (nibbles ? i / 2 : i));
                    canvas.put(!nibbles ? b : i % 2 == 0 ? b >> 4 : b & 15);
                }
                x += value;
                at += bytes;
                at += at % 2;
            }
        }
    }

    /** Writes palette indices one after another, in file order. */
    private final class Canvas {
        private final byte[] to;
        private long at;

        Canvas(Pixels into) {
            this.to = into.data();
        }

        void put(int index) {
            int y = (int) (at / width);
            if (y < height) {
                int line = topDown ? y : height - 1 - y;
                System.arraycopy(palette, 3 * index, to, 3 * (line * width + (int) (at % width)), 3);
            }
            at++;
        }
    }
}
