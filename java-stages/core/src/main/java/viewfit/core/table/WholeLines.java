package viewfit.core.table;

import java.io.IOException;
import java.io.Reader;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The characters of a text up to its last line feed, as they come: what follows was being written when it was read. */
public final class WholeLines extends Reader {
    private static final int CHARS = 1 << 14;

    private final Reader text;
    private char[] buffer = new char[CHARS];
    private int from;
    private int whole;
    private int filled;
    private boolean ended;
    private @Nullable IOException trouble;

    public WholeLines(Reader text) {
        this.text = text;
    }

    @Override
    public int read(char[] into, int at, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!more()) {
            return -1;
        }
        int count = Math.min(length, whole - from);
        System.arraycopy(buffer, from, into, at, count);
        from += count;
        return count;
    }

    /** Whether the next line begins with this character. */
    boolean next(char first) throws IOException {
        return more() && buffer[from] == first;
    }

    /** The next line without its line feed; null at the end. */
    @Nullable
    String line() throws IOException {
        if (!more()) {
            return null;
        }
        StringBuilder line = new StringBuilder();
        while (more()) {
            int end = from;
            while (end < whole && buffer[end] != '\n') {
                end++;
            }
            line.append(buffer, from, end - from);
            boolean complete = end < whole;
            from = complete ? end + 1 : end;
            if (complete) {
                break;
            }
        }
        return line.toString();
    }

    /** Why reading failed, or null if it did not: a parser may have wrapped it. */
    @Nullable
    IOException trouble() {
        return trouble;
    }

    /** Makes characters of whole lines ready; false if there are none any more. */
    private boolean more() throws IOException {
        while (from == whole && !ended) {
            System.arraycopy(buffer, from, buffer, 0, filled - from);
            filled -= from;
            from = 0;
            whole = 0;
            if (filled == buffer.length) {
                buffer = Arrays.copyOf(buffer, 2 * buffer.length);
            }
            fill();
        }
        return from < whole;
    }

    private void fill() throws IOException {
        try {
            int count = text.read(buffer, filled, buffer.length - filled);
            ended = count < 0;
            for (int i = filled + count; i > filled; i--) {
                if (buffer[i - 1] == '\n') {
                    whole = i;
                    break;
                }
            }
            filled += Math.max(0, count);
        } catch (IOException e) {
            trouble = e;
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        text.close();
    }
}
