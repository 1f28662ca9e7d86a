package viewfit.formats;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.zip.CRC32C;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/**
 * Events as TensorBoard reads them, each in the frame of a TFRecord:
 *
 * <pre>
 *   length of the content                    8 bytes, little-endian
 *   masked CRC-32C of these 8 bytes          4 bytes
 *   content, an Event in protocol buffers
 *   masked CRC-32C of the content            4 bytes
 * </pre>
 *
 * <p>Source: {@code tensorflow/core/lib/io/record_writer.h}, {@code tensorflow/core/lib/hash/crc32c.h} (mask),
 * {@code tensorboard/compat/proto/event.proto} and {@code summary.proto} (field numbers).
 */
public final class EventRecord {
    /** Bytes of a frame before its content. */
    private static final int HEAD = Long.BYTES + Integer.BYTES;

    /** And behind it. */
    private static final int FOOT = Integer.BYTES;

    /** What the first event of a file says. */
    private static final String VERSION = "brain.Event:2";

    /** A picture of a hundred million pixels is smaller. */
    private static final int MOST_CONTENT = 1 << 30;

    private static final int MASK_DELTA = 0xa282ead8;
    private static final int MASK_SHIFT = 15;

    // Fields of Event, Summary, Summary.Value and Summary.Image.
    private static final int WALL_TIME = 1;
    private static final int STEP = 2;
    private static final int FILE_VERSION = 3;
    private static final int SUMMARY = 5;
    private static final int VALUE = 1;
    private static final int TAG = 1;
    private static final int SIMPLE_VALUE = 2;
    private static final int IMAGE = 4;
    private static final int HEIGHT = 1;
    private static final int WIDTH = 2;
    private static final int CHANNELS = 3;
    private static final int ENCODED = 4;

    /** Where the header of a PNG file has width, height and kind of colour. */
    private static final int PNG_WIDTH = 16;

    private static final int PNG_HEIGHT = 20;
    private static final int PNG_COLOUR = 25;

    private EventRecord() {}

    /**
     * The first event of a file.
     *
     * @param wallTime seconds since 1970, of this and all others
     */
    public static byte[] version(double wallTime) {
        return framed(new ProtoMessage().precise(WALL_TIME, wallTime).text(FILE_VERSION, VERSION));
    }

    /** Numbers of one step, in the order of the map; they become single precision. */
    public static byte[] scalars(double wallTime, long step, Map<String, Double> values) {
        ProtoMessage summary = new ProtoMessage();
        values.forEach((tag, value) ->
                summary.message(VALUE, new ProtoMessage().text(TAG, tag).real(SIMPLE_VALUE, value.floatValue())));
        return framed(event(wallTime, step).message(SUMMARY, summary));
    }

    /**
     * A picture.
     *
     * @param png bytes of a PNG file
     */
    public static byte[] image(double wallTime, long step, String tag, byte[] png) {
        ByteBuffer header = ByteBuffer.wrap(png);
        ProtoMessage image = new ProtoMessage()
                .number(HEIGHT, header.getInt(PNG_HEIGHT))
                .number(WIDTH, header.getInt(PNG_WIDTH))
                .number(CHANNELS, channels(png[PNG_COLOUR]))
                .content(ENCODED, ByteBuffer.wrap(png));
        ProtoMessage value = new ProtoMessage().text(TAG, tag).message(IMAGE, image);
        return framed(event(wallTime, step).message(SUMMARY, new ProtoMessage().message(VALUE, value)));
    }

    /** Channels by PNG's kind of colour: grey, colours or palette, grey with alpha, colours with alpha. */
    private static int channels(byte colour) {
        return switch (colour) {
            case 0 -> 1;
            case 4 -> 2;
            case 6 -> 4;
            default -> 3;
        };
    }

    private static ProtoMessage event(double wallTime, long step) {
        return new ProtoMessage().precise(WALL_TIME, wallTime).number(STEP, step);
    }

    private static byte[] framed(ProtoMessage event) {
        ByteArrayOutputStream content = new ByteArrayOutputStream(Math.toIntExact(event.bytes()));
        try {
            event.writeTo(content);
        } catch (IOException e) {
            throw new IllegalStateException("memory can be written to", e);
        }
        return framed(content.toByteArray());
    }

    /** A record around any content. */
    private static byte[] framed(byte[] content) {
        ByteBuffer record = ByteBuffer.allocate(HEAD + content.length + FOOT).order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(content.length);
        record.putInt(masked(record.array(), 0, Long.BYTES));
        record.put(content);
        record.putInt(masked(content, 0, content.length));
        return record.array();
    }

    /** The checksum, turned and moved so that it may lie beside what it is of. */
    private static int masked(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return Integer.rotateRight((int) crc.getValue(), MASK_SHIFT) + MASK_DELTA;
    }

    /**
     * Checks the records of a whole file, one after the other.
     *
     * @param where names the file in messages
     * @return how many there are
     * @throws StageFailure {@link ExitCode#BAD_DATA} if one is cut off or does not fit its checksums
     */
    static long check(InputStream file, String where) throws IOException {
        long records = 0;
        for (byte[] head = file.readNBytes(HEAD); head.length > 0; head = file.readNBytes(HEAD)) {
            String place = where + ": record " + records;
            if (head.length < HEAD) {
                throw bad(place, head.length + " bytes", "must be at least " + (HEAD + FOOT));
            }
            ByteBuffer start = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
            long length = start.getLong();
            if (start.getInt() != masked(head, 0, Long.BYTES) || length < 0 || length > MOST_CONTENT) {
                throw bad(place, "a length that does not fit its checksum", "must be as it was written");
            }
            byte[] content = file.readNBytes((int) length);
            byte[] foot = file.readNBytes(FOOT);
            if (content.length + foot.length < length + FOOT) {
                throw bad(place, "the end of the file within", "must be whole");
            }
            int sum = ByteBuffer.wrap(foot).order(ByteOrder.LITTLE_ENDIAN).getInt();
            if (sum != masked(content, 0, content.length)) {
                throw bad(place, "content that does not fit its checksum", "must be as it was written");
            }
            records++;
        }
        return records;
    }

    private static StageFailure bad(String place, String found, String allowed) {
        return new StageFailure(ExitCode.BAD_DATA, place + ": found " + found + ": " + allowed);
    }
}
