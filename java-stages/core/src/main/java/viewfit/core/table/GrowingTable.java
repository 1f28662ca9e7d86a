package viewfit.core.table;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A look at the end of a table of numbers that another process may be writing, replacing or removing. Only its beginning and its end are
 * read, nothing is locked, and nothing is an error: what is not there yet, or not whole, is no row.
 */
public final class GrowingTable {
    /** Comment lines and column names are shorter. */
    private static final int HEAD_BYTES = 1 << 14;

    /** Seventy lines of a curve. */
    private static final int TAIL_BYTES = 1 << 15;

    private GrowingTable() {}

    /**
     * The last rows, oldest first, by column; a field that is no number is NaN.
     *
     * @param most how many at most; rows that lie more than 32 KiB before the end are not looked at
     */
    public static List<Map<String, Double>> last(Path file, int most) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            String head = text(channel, 0, HEAD_BYTES);
            int start = 0;
            while (start < head.length() && head.charAt(start) == '#') {
                start = after(head, start);
            }
            int body = after(head, start);
            if (body == head.length() && !head.endsWith("\n")) {
                return List.of();
            }
            String[] columns = head.substring(start, body).strip().split(",", -1);
            long from = Math.max(body, channel.size() - TAIL_BYTES);
            boolean within = from > body;
            String tail = text(channel, within ? from - 1 : from, TAIL_BYTES + 1);
            return rows(columns, tail.substring(within ? after(tail, 0) : 0), most);
        } catch (IOException unreadable) {
            return List.of();
        }
    }

    /** Where the next line begins; the end of the text if there is none. */
    private static int after(String text, int from) {
        int feed = text.indexOf('\n', from);
        return feed < 0 ? text.length() : feed + 1;
    }

    private static List<Map<String, Double>> rows(String[] columns, String tail, int most) {
        String whole = tail.substring(0, tail.lastIndexOf('\n') + 1);
        List<Map<String, Double>> rows = new ArrayList<>();
        whole.lines().forEach(line -> {
            String[] fields = line.split(",", -1);
            if (fields.length == columns.length) {
                Map<String, Double> row = new LinkedHashMap<>();
                for (int i = 0; i < fields.length; i++) {
                    row.put(columns[i], number(fields[i]));
                }
                rows.add(row);
            }
        });
        return List.copyOf(rows.subList(Math.max(0, rows.size() - most), rows.size()));
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private static String text(FileChannel channel, long from, int most) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(most);
        while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {}
        // One character for each byte, so that places are the same; numbers and their columns are plain letters.
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
    }
}
