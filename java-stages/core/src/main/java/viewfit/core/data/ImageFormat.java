package viewfit.core.data;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tells image files by their first bytes; names and extensions lie too often (ImageNet has a PNG named JPEG). */
public enum ImageFormat {
    JPEG,
    PNG,
    GIF,
    BMP,
    WEBP;

    /** What messages ask for. */
    public static final String ALLOWED = "a JPEG, PNG, GIF, BMP or WebP image";

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
        if (starts(head, 'G', 'I', 'F', '8', '7', 'a') || starts(head, 'G', 'I', 'F', '8', '9', 'a')) {
            return GIF;
        }
        if (starts(head, 'B', 'M')) {
            return BMP;
        }
        boolean webp = head.length >= 12
                && starts(head, 'R', 'I', 'F', 'F')
                && tag(head, 8).equals("WEBP");
        return webp ? WEBP : null;
    }

    /** The verdict about a file with these first bytes, which are those of no format. */
    public static DamagedImage refuse(byte[] head, String where) {
        Damage reason = Damage.NO_IMAGE;
        if (head.length == 0) {
            reason = Damage.EMPTY;
        } else if (new String(head, StandardCharsets.ISO_8859_1).startsWith("version https://git-lfs")) {
            reason = Damage.LFS_POINTER;
        }
        return new DamagedImage(reason, where, describe(reason, head), ALLOWED, null);
    }

    private static String describe(Damage reason, byte[] head) {
        if (reason == Damage.EMPTY) {
            return "an empty file";
        }
        if (reason == Damage.LFS_POINTER) {
            return "a Git LFS pointer instead of the image";
        }
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < Math.min(4, head.length); i++) {
            hex.append(String.format(Locale.ROOT, "%02x", head[i]));
        }
        return "no image (first bytes " + hex + ")";
    }

    private static String tag(byte[] head, int at) {
        return new String(head, at, 4, StandardCharsets.ISO_8859_1);
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
