package viewfit.views;

import java.nio.file.Path;
import java.util.Arrays;
import viewfit.goldens.Goldens;

/** The pictures of the golden set as examples, and a count of differences. */
final class GoldenImages {
    private GoldenImages() {}

    static Path path(String name) {
        return Goldens.ssl().file(name);
    }

    static byte[] bytes(Pixels pixels) {
        return Arrays.copyOf(pixels.data(), pixels.byteCount());
    }

    /** Number of samples that differ. */
    static int differences(Pixels a, Pixels b) {
        if (a.width() != b.width() || a.height() != b.height()) {
            throw new AssertionError(
                    "size " + a.width() + "x" + a.height() + " is not " + b.width() + "x" + b.height());
        }
        int count = 0;
        for (int i = 0; i < a.byteCount(); i++) {
            if (a.data()[i] != b.data()[i]) {
                count++;
            }
        }
        return count;
    }
}
