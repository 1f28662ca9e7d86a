package viewfit.formats;

/**
 * A flat array of a torch file, or a part of one.
 *
 * @param key its name within the file
 * @param total elements of the whole array
 * @param first where the part starts; 0 except for the storage views of torch before 0.4
 * @param count elements of the part
 */
record TorchStorage(String key, DType dtype, long total, long first, long count) {
    /** Bytes of the whole array; saturates instead of overflowing. */
    long totalBytes() {
        return total > Long.MAX_VALUE / dtype.bytes() ? Long.MAX_VALUE : total * dtype.bytes();
    }
}
