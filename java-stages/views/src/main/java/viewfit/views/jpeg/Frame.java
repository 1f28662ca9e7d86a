package viewfit.views.jpeg;

import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What the markers of a JPEG file say, up to its first scan (ITU T.81, annex B). Only pictures of one sequential Huffman scan
 * with 8-bit samples are taken, in grey or three components, the others are left to the decoder of the JDK: {@link #parse} returns
 * null for them.
 */
final class Frame {
    private static final int SOF0 = 0xC0;
    private static final int SOF1 = 0xC1;
    private static final int DHT = 0xC4;
    private static final int DAC = 0xCC;
    private static final int JPG = 0xC8;
    private static final int SOI = 0xD8;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;
    private static final int DQT = 0xDB;
    private static final int DRI = 0xDD;
    private static final int BLOCK = 64;
    private static final int MOST_BLOCKS = 10;
    private static final int MOST_KNOWN = 8;

    /** Natural order of the coefficients by their order in the file (T.81, figure A.6). */
    static final int[] NATURAL = natural();

    /** Where the data of the scan start. */
    int dataStart;

    /** MCUs between restart markers, 0 for none. */
    int restartInterval;

    int width;
    int height;

    /** Largest sampling factors. */
    int maxH = 1;

    int maxV = 1;

    Component[] components = new Component[0];

    private final int[] @Nullable [] quantization = new int[4][];
    private final @Nullable HuffmanTable[] dc = new HuffmanTable[4];
    private final @Nullable HuffmanTable[] ac = new HuffmanTable[4];

    private final byte[] bytes;
    private final int length;

    private final Deque<HuffmanTable> known;

    private Frame(byte[] bytes, int length, Deque<HuffmanTable> known) {
        this.bytes = bytes;
        this.known = known;
        this.length = length;
    }

    private static int[] natural() {
        int[] order = new int[BLOCK];
        int x = 0;
        int y = 0;
        for (int i = 0; i < BLOCK; i++) {
            order[i] = 8 * y + x;
            boolean up = (x + y) % 2 == 0;
            if (up && x == 7) {
                y++;
            } else if (!up && y == 7) {
                x++;
            } else if (up && y == 0) {
                x++;
            } else if (!up && x == 0) {
                y++;
            } else {
                x += up ? 1 : -1;
                y += up ? -1 : 1;
            }
        }
        return order;
    }

    /**
     * Reads the markers up to the data of the first scan.
     *
     * @param known tables of earlier files, the latest first: most files of a data set share theirs
     * @return the frame, or null if the picture is of a kind that is not read here
     * @throws JpegException if the markers break off or contradict each other
     */
    static @Nullable Frame parse(byte[] bytes, int length, Deque<HuffmanTable> known) throws JpegException {
        Frame frame = new Frame(bytes, length, known);
        return frame.read() ? frame : null;
    }

    private boolean read() throws JpegException {
        int at = 2;
        while (true) {
            // Bytes between segments are skipped, as libjpeg does.
            while (at + 1 < length
                    && (bytes[at] != (byte) 0xFF || bytes[at + 1] == (byte) 0xFF || bytes[at + 1] == 0)) {
                at++;
            }
            if (at + 4 > length) {
                throw JpegException.cut("a JPEG that ends before its picture");
            }
            int marker = bytes[at + 1] & 255;
            if (marker == SOI || (marker >= 0xD0 && marker <= 0xD7) || marker == 0x01) {
                at += 2;
                continue;
            }
            if (marker == EOI) {
                throw new JpegException("a JPEG without a picture");
            }
            int size = unsigned16(at + 2);
            int body = at + 4;
            int end = at + 2 + size;
            if (size < 2 || end > length) {
                throw JpegException.cut("a JPEG that ends inside a header");
            }
            if (marker == SOS) {
                return scan(body, end);
            }
            if (!segment(marker, body, end)) {
                return false;
            }
            at = end;
        }
    }

    private boolean segment(int marker, int body, int end) throws JpegException {
        switch (marker) {
            case DQT -> quantization(body, end);
            case DHT -> huffman(body, end);
            case DRI -> restartInterval = end - body >= 2 ? unsigned16(body) : 0;
            case SOF0, SOF1 -> {
                return frame(body, end);
            }
            case DAC -> {
                return false;
            }
            default -> {
                // Progressive, lossless, hierarchical, arithmetic.
                return marker < SOF0 || marker > 0xCF || marker == JPG;
            }
        }
        return true;
    }

    private int unsigned16(int at) {
        return ((bytes[at] & 255) << 8) | (bytes[at + 1] & 255);
    }

    private void quantization(int body, int end) throws JpegException {
        int at = body;
        while (at < end) {
            int wide = (bytes[at] & 255) >> 4;
            int id = bytes[at] & 15;
            at++;
            int step = wide == 0 ? 1 : 2;
            if (id > 3 || wide > 1 || at + BLOCK * step > end) {
                throw new JpegException("a damaged quantization table");
            }
            int[] table = new int[BLOCK];
            for (int i = 0; i < BLOCK; i++, at += step) {
                table[i] = wide == 0 ? bytes[at] & 255 : unsigned16(at);
            }
            quantization[id] = table;
        }
    }

    private void huffman(int body, int end) throws JpegException {
        int at = body;
        while (at + 1 + HuffmanTable.LONGEST <= end) {
            int kind = (bytes[at] & 255) >> 4;
            int id = bytes[at] & 15;
            int[] counts = new int[HuffmanTable.LONGEST];
            int total = 0;
            for (int i = 0; i < counts.length; i++) {
                counts[i] = bytes[at + 1 + i] & 255;
                total += counts[i];
            }
            at += 1 + counts.length;
            if (kind > 1 || id > 3 || total > 256 || at + total > end) {
                throw new JpegException("a damaged Huffman table");
            }
            byte[] symbols = java.util.Arrays.copyOfRange(bytes, at, at + total);
            (kind == 0 ? dc : ac)[id] = table(counts, symbols);
            at += total;
        }
    }

    private HuffmanTable table(int[] counts, byte[] symbols) throws JpegException {
        for (HuffmanTable table : known) {
            if (table.is(counts, symbols)) {
                return table;
            }
        }
        HuffmanTable made = new HuffmanTable(counts, symbols);
        known.addFirst(made);
        if (known.size() > MOST_KNOWN) {
            known.removeLast();
        }
        return made;
    }

    private boolean frame(int body, int end) throws JpegException {
        if (components.length > 0) {
            throw new JpegException("a JPEG with two frames");
        }
        if (end - body < 6) {
            throw new JpegException("a JPEG with a damaged frame header");
        }
        int precision = bytes[body] & 255;
        height = unsigned16(body + 1);
        width = unsigned16(body + 3);
        int count = bytes[body + 5] & 255;
        if (precision != 8 || (count != 1 && count != 3) || height == 0) {
            // Four inks, 12 bits, a height that only follows the picture.
            return false;
        }
        if (width == 0 || end - body < 6 + 3 * count) {
            throw new JpegException("a JPEG with a damaged frame header");
        }
        Component[] found = new Component[count];
        int blocks = 0;
        for (int c = 0; c < count; c++) {
            int at = body + 6 + 3 * c;
            int h = (bytes[at + 1] & 255) >> 4;
            int v = bytes[at + 1] & 15;
            if (h < 1 || h > 4 || v < 1 || v > 4) {
                throw new JpegException("a JPEG with sampling factors " + h + "x" + v);
            }
            found[c] = new Component(bytes[at] & 255, h, v, bytes[at + 2] & 255);
            blocks += h * v;
            maxH = Math.max(maxH, h);
            maxV = Math.max(maxV, v);
        }
        components = found;
        if (count > 1 && blocks > MOST_BLOCKS) {
            throw new JpegException("a JPEG with " + blocks + " blocks in an MCU");
        }
        if (count == 1) {
            // The blocks of a lone component are stored row after row, whatever its factors.
            found[0].h = 1;
            found[0].v = 1;
            maxH = 1;
            maxV = 1;
        }
        return Component.lay(found, width, height, maxH, maxV);
    }

    private boolean scan(int body, int end) throws JpegException {
        if (components.length == 0) {
            throw new JpegException("a JPEG whose picture has no frame header");
        }
        int count = body < end ? bytes[body] & 255 : 0;
        if (count == 0) {
            throw new JpegException("a JPEG with a damaged scan header");
        }
        if (count != components.length) {
            return false;
        }
        if (end - body < 1 + 2 * count) {
            throw new JpegException("a JPEG with a damaged scan header");
        }
        for (int c = 0; c < count; c++) {
            Component component = components[c];
            int at = body + 1 + 2 * c;
            if ((bytes[at] & 255) != component.id) {
                return false;
            }
            HuffmanTable forDc = table(dc, (bytes[at + 1] & 255) >> 4);
            HuffmanTable forAc = table(ac, bytes[at + 1] & 15);
            if (forDc == null || forAc == null) {
                // Frames of Motion JPEG leave the standard tables out.
                return false;
            }
            component.dc = forDc;
            component.ac = forAc;
            int[] steps =
                    component.quantizationId < quantization.length ? quantization[component.quantizationId] : null;
            if (steps == null) {
                throw new JpegException("a JPEG without its quantization table");
            }
            component.quantization = steps;
        }
        dataStart = end;
        return true;
    }

    private static @Nullable HuffmanTable table(@Nullable HuffmanTable[] tables, int id) {
        return id < tables.length ? tables[id] : null;
    }

    /** MCUs in a row of MCUs. */
    int mcusAcross() {
        return (width + 8 * maxH - 1) / (8 * maxH);
    }

    /** Rows of MCUs. */
    int mcusDown() {
        return (height + 8 * maxV - 1) / (8 * maxV);
    }
}
