package viewfit.core.data;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tells image files by their first bytes; names and extensions lie too often (ImageNet has a PNG named JPEG). */
public enum ImageFormat {
    JPEG,
    PNG,
    GIF,
    BMP;

    /** How many first bytes are needed. */
    public static final int HEAD_BYTES = 64;

    /** The format of a file with these first bytes, or null if it is none of them. */
    public static @Nullable ImageFormat of(byte[] head) {
        if (starts(head, 0xff, 0xd8, 0xff)) {
            return JPEG;
        }
        if (starts(head, 0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a)) {
            return PNG;
        }
        if (starts(head, 'G', 'I', 'F', '8')) {
            return GIF;
        }
        return starts(head, 'B', 'M') ? BMP : null;
    }

    /** What a file that is no image seems to be, for messages. */
    static String describe(byte[] head) {
        if (head.length == 0) {
            return "an empty file";
        }
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (text.startsWith("version https://git-lfs")) {
            return "a Git LFS pointer instead of the file";
        }
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < Math.min(4, head.length); i++) {
            hex.append(String.format(Locale.ROOT, "%02x", head[i]));
        }
        return "first bytes " + hex;
    }

    private static boolean starts(byte[] head, int... magic) {
        if (head.length < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((head[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }
}
