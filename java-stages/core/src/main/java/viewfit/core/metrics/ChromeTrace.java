package viewfit.core.metrics;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;

/**
 * Events on a time line in the format that Perfetto and {@code chrome://tracing} open: the JSON object form of Chrome's
 * trace event format, complete events only.
 */
public final class ChromeTrace {
    public static final String SCHEMA = "profile-trace/1";

    /** Nanoseconds are what the clocks tell. */
    private static final int DECIMALS = 3;

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(com.fasterxml.jackson.core.StreamWriteFeature.AUTO_CLOSE_TARGET)
            .build();

    private ChromeTrace() {}

    /**
     * Something that took time.
     *
     * @param category what kind of thing
     * @param track line it is drawn on; those of a track are nested or apart
     * @param startMicros begin, in microseconds from any zero
     * @param micros length
     */
    public record Event(String name, String category, int track, double startMicros, double micros) {}

    /**
     * Writes a trace, one event a line.
     *
     * @param tracks names of the tracks
     */
    public static void write(Path file, Provenance provenance, Map<Integer, String> tracks, List<Event> events) {
        AtomicFiles.write(file, out -> write(out, provenance, tracks, events));
    }

    private static void write(OutputStream out, Provenance provenance, Map<Integer, String> tracks, List<Event> events)
            throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out, JsonEncoding.UTF8)) {
            json.writeStartObject();
            json.writeStringField("schema", SCHEMA);
            json.writeFieldName("provenance");
            json.writeRawValue(provenance.toJson());
            json.writeStringField("displayTimeUnit", "ms");
            json.writeArrayFieldStart("traceEvents");
            for (Map.Entry<Integer, String> track : tracks.entrySet()) {
                json.writeRaw('\n');
                begin(json, "thread_name", "M", track.getKey());
                json.writeObjectFieldStart("args");
                json.writeStringField("name", track.getValue());
                json.writeEndObject();
                json.writeEndObject();
            }
            for (Event event : events) {
                json.writeRaw('\n');
                begin(json, event.name(), "X", event.track());
                json.writeStringField("cat", event.category());
                json.writeNumberField("ts", rounded(event.startMicros()));
                json.writeNumberField("dur", rounded(event.micros()));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private static void begin(JsonGenerator json, String name, String phase, int track) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", name);
        json.writeStringField("ph", phase);
        json.writeNumberField("pid", 0);
        json.writeNumberField("tid", track);
    }

    private static BigDecimal rounded(double micros) {
        return BigDecimal.valueOf(micros).setScale(DECIMALS, RoundingMode.HALF_EVEN);
    }

    /**
     * Reads a trace through and checks that it is one.
     *
     * @throws StageFailure {@link ExitCode#BAD_DATA} if it is not
     */
    public static void verify(Path file) throws IOException {
        try (JsonParser json = JSON.createParser(file.toFile())) {
            require(json.nextToken() == JsonToken.START_OBJECT, file);
            boolean events = false;
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                JsonToken value = json.nextToken();
                require(!key.equals("schema") || json.getText().equals(SCHEMA), file);
                events |= key.equals("traceEvents") && value == JsonToken.START_ARRAY;
                json.skipChildren();
            }
            require(events && json.nextToken() == null, file);
        } catch (com.fasterxml.jackson.core.JacksonException e) {
            throw new StageFailure(ExitCode.BAD_DATA, file + ": not JSON: must be one JSON object", e);
        }
    }

    private static void require(boolean holds, Path file) {
        if (!holds) {
            throw new StageFailure(ExitCode.BAD_DATA, file + ": not a trace: must be of schema " + SCHEMA);
        }
    }
}
