package viewfit.core.data;

/** Finds out whether the bytes of a file are a picture that can be used. Called by many threads at a time. */
@FunctionalInterface
public interface ImageCheck {
    /**
     * Checks one file.
     *
     * @param where what messages call the file
     * @return its sides
     * @throws DamagedImage if it is no picture, not a whole one, or too large
     */
    ImageSize check(byte[] bytes, String where);
}
