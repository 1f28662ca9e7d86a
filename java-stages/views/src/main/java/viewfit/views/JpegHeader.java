package viewfit.views;

/**
 * What the markers of a JPEG file say about its colours, and whether its data end. ImageIO hides both: it guesses colours,
 * applies profiles, and fills what is missing with grey.
 *
 * @param colour how the components are to be read
 * @param data where the data of the first scan start, -1 if there is none
 */
record JpegHeader(Colour colour, int data) {
    /** Meaning of the components of a JPEG file. */
    enum Colour {
        GREY,
        YCBCR,
        RGB,
        CMYK,
        YCCK,
        UNKNOWN
    }

    private static final int SOF0 = 0xC0;
    private static final int SOF15 = 0xCF;
    private static final int DHT = 0xC4;
    private static final int JPG = 0xC8;
    private static final int DAC = 0xCC;
    private static final int SOI = 0xD8;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;
    private static final int APP0 = 0xE0;
    private static final int APP14 = 0xEE;
    private static final int TEM = 0x01;
    private static final int RST0 = 0xD0;

    /** Reads the markers; never fails, a broken file simply has no data. */
    static JpegHeader parse(byte[] bytes) {
        boolean jfif = false;
        int adobeTransform = -1;
        int components = 0;
        int ids = 0;
        int at = 2;
        while (at + 4 <= bytes.length) {
            if ((bytes[at] & 255) != 0xFF) {
                at++;
                continue;
            }
            int marker = bytes[at + 1] & 255;
            if (marker == 0xFF) {
                at++;
                continue;
            }
            if (marker == 0 || marker == TEM || (marker >= RST0 && marker <= SOI)) {
                at += 2;
                continue;
            }
            if (marker == EOI) {
                break;
            }
            int length = ((bytes[at + 2] & 255) << 8) | (bytes[at + 3] & 255);
            int body = at + 4;
            int end = at + 2 + Math.max(length, 2);
            if (marker == SOS) {
                return new JpegHeader(colour(components, ids, jfif, adobeTransform), end);
            }
            if (end > bytes.length) {
                break;
            }
            if (marker == APP0 && startsWith(bytes, body, end, "JFIF\0")) {
                jfif = true;
            } else if (marker == APP14 && startsWith(bytes, body, end, "Adobe") && body + 12 <= end) {
                adobeTransform = bytes[body + 11] & 255;
            } else if (marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC) {
                components = body + 6 <= end ? bytes[body + 5] & 255 : 0;
                for (int c = 0; c < Math.min(components, 3) && body + 7 + 3 * c <= end; c++) {
                    ids = (ids << 8) | (bytes[body + 6 + 3 * c] & 255);
                }
            }
            at = end;
        }
        return new JpegHeader(colour(components, ids, jfif, adobeTransform), -1);
    }

    /** The rules of libjpeg's default parameters. */
    private static Colour colour(int components, int ids, boolean jfif, int adobeTransform) {
        return switch (components) {
            case 1 -> Colour.GREY;
            case 3 -> {
                boolean rgb =
                        !jfif && (adobeTransform == 0 || (adobeTransform < 0 && ids == ('R' << 16 | 'G' << 8 | 'B')));
                yield rgb ? Colour.RGB : Colour.YCBCR;
            }
            case 4 -> adobeTransform > 0 ? Colour.YCCK : Colour.CMYK;
            default -> Colour.UNKNOWN;
        };
    }

    /**
     * Whether an end-of-image marker follows the start of the first scan. Inside entropy-coded data a byte 0xFF is followed by
     * 0 or a restart marker, so 0xFF 0xD9 can only be the end.
     */
    boolean ends(byte[] bytes) {
        for (int i = data; data >= 0 && i + 1 < bytes.length; i++) {
            if (bytes[i] == (byte) 0xFF && bytes[i + 1] == (byte) EOI) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsWith(byte[] bytes, int at, int end, String text) {
        if (at + text.length() > end) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (bytes[at + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
