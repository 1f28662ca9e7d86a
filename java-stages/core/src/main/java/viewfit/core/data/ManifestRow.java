package viewfit.core.data;

/**
 * One image.
 *
 * @param path relative to the images root, with {@code /} between names
 * @param label class index, or -1 for an unlabelled image
 * @param bytes file size
 * @param sha256 checksum of the file
 */
public record ManifestRow(String path, int label, long bytes, String sha256) {
    /** Digits of a checksum. */
    private static final int SHA256_DIGITS = 64;

    public ManifestRow {
        if (path.isEmpty() || path.startsWith("/")) {
            throw new IllegalArgumentException("path '" + path + "', which must be relative and not empty");
        }
        if (path.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("path '" + path + "', which must not have a NUL character");
        }
        if (sha256.length() > SHA256_DIGITS || sha256.chars().anyMatch(c -> c > '~')) {
            throw new IllegalArgumentException("sha256 '" + sha256 + "', which must be 64 hexadecimal digits");
        }
        if (label < -1) {
            throw new IllegalArgumentException("label " + label + ", which must be >= -1");
        }
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes " + bytes + ", which must be >= 0");
        }
    }
}
