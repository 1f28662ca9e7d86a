package viewfit.views;

import java.util.Arrays;
import viewfit.core.data.ImageSize;

/**
 * The first frame of GIF files (87a and 89a) to RGB as Pillow reads it. A frame that does not cover the canvas lies on its
 * transparent colour, or on colour 0 without one; one that reaches beyond the canvas enlarges it. Without any palette an
 * index is a grey level; an index without an entry is black, or its own grey level where the palette is a grey ramp. What
 * lies behind the last pixel may be missing.
 *
 * <p>Nothing is allocated for a frame its data cannot hold; a small frame on a large canvas is a large picture.
 */
final class GifDecoder {
    private static final int SCREEN = 6;
    private static final int GRAPHIC_CONTROL = 0xF9;
    private static final int MOST_BITS = 12;
    private static final int[][] LINES = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};
    private static final int[][] ALL_LINES = {{0, 1}};

    private final Octets in;
    private final byte[] palette = new byte[3 * 256];
    private final int width;
    private final int height;
    private final int left;
    private final int top;
    private final int frameWidth;
    private final int frameHeight;
    private final boolean interlaced;
    private int background;
    private int at;

    /**
     * Reads all that comes before the pixels.
     *
     * @throws BrokenImage if that is not a GIF
     */
    GifDecoder(byte[] bytes) throws BrokenImage {
        in = new Octets(bytes, "GIF");
        int screenFlags = in.u8(SCREEN + 4);
        at = SCREEN + 7;
        grey();
        if ((screenFlags & 0x80) != 0) {
            readPalette(screenFlags);
        }
        findFrame();
        left = in.le16(at);
        top = in.le16(at + 2);
        frameWidth = in.le16(at + 4);
        frameHeight = in.le16(at + 6);
        int flags = in.u8(at + 8);
        interlaced = (flags & 0x40) != 0;
        at += 9;
        if ((flags & 0x80) != 0) {
            readPalette(flags);
        }
        if (frameWidth == 0 || frameHeight == 0) {
            throw BrokenImage.corrupt("a GIF with a frame of " + frameWidth + "x" + frameHeight + " pixels");
        }
        width = Math.max(in.le16(SCREEN), left + frameWidth);
        height = Math.max(in.le16(SCREEN + 2), top + frameHeight);
    }

    private void grey() {
        for (int i = 0; i < palette.length; i++) {
            palette[i] = (byte) (i / 3);
        }
    }

    private void readPalette(int flags) throws BrokenImage {
        int length = 3 << ((flags & 7) + 1);
        in.need(at, length);
        boolean ramp = true;
        for (int i = 0; i < length; i++) {
            ramp &= (in.bytes[at + i] & 255) == i / 3;
        }
        grey();
        if (!ramp) {
            System.arraycopy(in.bytes, at, palette, 0, length);
            Arrays.fill(palette, length, palette.length, (byte) 0);
        }
        at += length;
    }

    /** Goes to the first frame; the last control block before it names the transparent colour. */
    private void findFrame() throws BrokenImage {
        while (true) {
            int kind = in.u8(at++);
            if (kind == ',') {
                return;
            }
            if (kind == ';') {
                throw BrokenImage.corrupt("a GIF without a picture");
            }
            if (kind == '!') {
                int label = in.u8(at);
                if (label == GRAPHIC_CONTROL && in.u8(at + 1) >= 4 && (in.u8(at + 2) & 1) != 0) {
                    background = in.u8(at + 5);
                }
                at++;
                skipBlocks();
            }
        }
    }

    private void skipBlocks() throws BrokenImage {
        int length = in.u8(at++);
        while (length != 0) {
            at += length;
            length = in.u8(at++);
        }
    }

    ImageSize size() {
        return new ImageSize(width, height);
    }

    /** Requires the mark behind the blocks of the first frame. */
    void requireEnd() throws BrokenImage {
        int pixels = at;
        at++;
        skipBlocks();
        at = pixels;
    }

    /** Decodes the pixels. */
    void decode(Pixels into) throws BrokenImage {
        int bits = in.u8(at++);
        if (bits < 1 || bits > MOST_BITS) {
            throw BrokenImage.corrupt("a GIF with codes of " + bits + " bits");
        }
        // The n-th code after a clearing one stands for n pixels at most, and for no more than there are codes.
        long codeCount = 8L * (in.length() - at) / (bits + 1);
        if ((long) frameWidth * frameHeight > codeCount * Math.min(codeCount, 1 << MOST_BITS)) {
            throw BrokenImage.truncated("a GIF with too few pixels");
        }
        into.reshape(width, height);
        byte[] to = into.data();
        for (int i = 0; i < into.byteCount(); i += 3) {
            System.arraycopy(palette, 3 * background, to, i, 3);
        }
        Lzw codes = new Lzw(bits);
        byte[] row = new byte[frameWidth];
        for (int[] lines : interlaced ? LINES : ALL_LINES) {
            for (int y = lines[0]; y < frameHeight; y += lines[1]) {
                codes.read(row);
                int q = 3 * ((top + y) * width + left);
                for (int x = 0; x < frameWidth; x++, q += 3) {
                    System.arraycopy(palette, 3 * (row[x] & 255), to, q, 3);
                }
            }
        }
    }

    /** The codes of the frame: variable width, low bit first, in blocks of at most 255 bytes. */
    private final class Lzw {
        private final int clear;
        private final int firstWidth;
        private final int[] prefix = new int[1 << MOST_BITS];
        private final byte[] suffix = new byte[1 << MOST_BITS];
        private final byte[] waiting = new byte[(1 << MOST_BITS) + 1];
        private int waitingCount;
        private int codeWidth;
        private int next;
        private int last = -1;
        private int first;
        private int buffer;
        private int buffered;
        private int block;

        Lzw(int bits) {
            clear = 1 << bits;
            firstWidth = bits + 1;
            restart();
        }

        private void restart() {
            codeWidth = firstWidth;
            next = clear + 2;
            last = -1;
        }

        void read(byte[] row) throws BrokenImage {
            for (int x = 0; x < row.length; x++) {
                while (waitingCount == 0) {
                    accept(code());
                }
                row[x] = waiting[--waitingCount];
            }
        }

        private void accept(int code) throws BrokenImage {
            if (code == clear) {
                restart();
                return;
            }
            if (code == clear + 1) {
                throw BrokenImage.truncated("a GIF with too few pixels");
            }
            if (last < 0) {
                if (code > clear) {
                    throw BrokenImage.corrupt("a GIF with damaged pixels");
                }
                first = code;
                waiting[waitingCount++] = (byte) code;
                last = code;
                return;
            }
            if (code > next || (code == next && next >= prefix.length)) {
                throw BrokenImage.corrupt("a GIF with damaged pixels");
            }
            int walk = code;
            if (code == next) {
                waiting[waitingCount++] = (byte) first;
                walk = last;
            }
            while (walk > clear) {
                waiting[waitingCount++] = suffix[walk];
                walk = prefix[walk];
            }
            first = walk;
            waiting[waitingCount++] = (byte) walk;
            if (next < prefix.length) {
                prefix[next] = last;
                suffix[next] = (byte) first;
                next++;
                if (next == 1 << codeWidth && codeWidth < MOST_BITS) {
                    codeWidth++;
                }
            }
            last = code;
        }

        private int code() throws BrokenImage {
            while (buffered < codeWidth) {
                if (block == 0) {
                    block = in.u8(at++);
                    if (block == 0) {
                        throw BrokenImage.truncated("a GIF with too few pixels");
                    }
                    in.need(at, block);
                }
                buffer |= (in.bytes[at++] & 255) << buffered;
                buffered += 8;
                block--;
            }
            int code = buffer & ((1 << codeWidth) - 1);
            buffer >>>= codeWidth;
            buffered -= codeWidth;
            return code;
        }
    }
}
