package viewfit.views;

import java.nio.charset.StandardCharsets;

/** Numbers in the bytes of an image file; whoever reads behind the end has found a truncated file. */
final class Octets {
    final byte[] bytes;
    private final String format;

    /**
     * Looks at a file.
     *
     * @param format name of the format, for messages
     */
    Octets(byte[] bytes, String format) {
        this.bytes = bytes;
        this.format = format;
    }

    int length() {
        return bytes.length;
    }

    /** Requires that {@code count} bytes follow from {@code at}. */
    void need(long at, long count) throws BrokenImage {
        if (at < 0 || count < 0 || at + count > bytes.length) {
            throw BrokenImage.truncated("a " + format + " that ends too early");
        }
    }

    int u8(long at) throws BrokenImage {
        need(at, 1);
        return bytes[(int) at] & 255;
    }

    int le16(long at) throws BrokenImage {
        need(at, 2);
        return (bytes[(int) at] & 255) | (bytes[(int) at + 1] & 255) << 8;
    }

    /** Unsigned. */
    long le32(long at) throws BrokenImage {
        return le16(at) | (long) le16(at + 2) << 16;
    }

    /** Unsigned. */
    long be32(long at) throws BrokenImage {
        need(at, 4);
        int i = (int) at;
        return (bytes[i] & 255L) << 24 | (bytes[i + 1] & 255) << 16 | (bytes[i + 2] & 255) << 8 | (bytes[i + 3] & 255);
    }

    /** Four letters. */
    String tag(long at) throws BrokenImage {
        need(at, 4);
        return new String(bytes, (int) at, 4, StandardCharsets.ISO_8859_1);
    }
}
