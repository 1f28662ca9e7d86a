package viewfit.core.data;

import java.util.Arrays;
import java.util.Locale;

/** Why an image file cannot be used; the words of the column {@code reason} of {@code quarantine.csv}. */
public enum Damage {
    MISSING("a manifest lists the file, and it is not there"),
    EMPTY("no bytes"),
    LFS_POINTER("the pointer of Git LFS in place of the file"),
    NO_IMAGE("the first bytes are those of no known image format"),
    TRUNCATED("an image that ends before its last pixel or its end mark"),
    CORRUPT("an image whose header, checksums or compressed data are wrong"),
    UNSUPPORTED("a kind of its format that is not read"),
    TOO_LARGE("more pixels or bytes than the limit");

    private final String description;

    Damage(String description) {
        this.description = description;
    }

    /** One clause for the documentation. */
    public String description() {
        return description;
    }

    /** The word in files, such as {@code lfs-pointer}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The reason of a word.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Damage of(String word) {
        return Arrays.stream(values())
                .filter(d -> d.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("reason '" + word + "': must be one of "
                        + String.join(
                                ", ", Arrays.stream(values()).map(Damage::word).toList())));
    }
}
