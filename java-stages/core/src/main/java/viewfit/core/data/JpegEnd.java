package viewfit.core.data;

/**
 * Whether a JPEG file was cut off, by the rule of the decoder: an end-of-image marker must follow the first scan. Bytes
 * after it do not matter, and what cannot be told is left to the decoder.
 */
final class JpegEnd {
    private static final int TEM = 0x01;
    private static final int RST0 = 0xD0;
    private static final int SOI = 0xD8;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;

    private JpegEnd() {}

    /** Looks at two bytes of most files, and at all of one with something after its end. */
    static boolean present(byte[] bytes) {
        if (isEnd(bytes, Math.max(0, bytes.length - 2))) {
            return true;
        }
        for (int i = firstScan(bytes); i + 1 < bytes.length; i++) {
            if (isEnd(bytes, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isEnd(byte[] bytes, int at) {
        return bytes[at] == (byte) 0xFF && bytes[at + 1] == (byte) EOI;
    }

    /** Where the data of the first scan begin; the start of the file where no scan is found. */
    private static int firstScan(byte[] bytes) {
        int at = 2;
        while (at + 4 <= bytes.length) {
            int marker = bytes[at + 1] & 255;
            if ((bytes[at] & 255) != 0xFF || marker == 0xFF) {
                at++;
            } else if (marker == 0 || marker == TEM || (marker >= RST0 && marker <= SOI)) {
                at += 2;
            } else if (marker == EOI) {
                return 0;
            } else {
                int length = ((bytes[at + 2] & 255) << 8) | (bytes[at + 3] & 255);
                at += 2 + Math.max(length, 2);
                if (marker == SOS) {
                    return at;
                }
            }
        }
        return 0;
    }
}
