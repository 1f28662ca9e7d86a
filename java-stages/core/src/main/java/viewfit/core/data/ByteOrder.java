package viewfit.core.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/** Order of the UTF-8 bytes, the same on every machine whatever its language settings. */
public final class ByteOrder {
    /** Compares texts by their unsigned UTF-8 bytes. */
    public static final Comparator<String> TEXT =
            (a, b) -> Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

    private ByteOrder() {}
}
