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
    public ManifestRow {
        if (path.isEmpty() || path.startsWith("/")) {
            throw new IllegalArgumentException("path '" + path + "', which must be relative and not empty");
        }
        if (label < -1) {
            throw new IllegalArgumentException("label " + label + ", which must be >= -1");
        }
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes " + bytes + ", which must be >= 0");
        }
    }
}
