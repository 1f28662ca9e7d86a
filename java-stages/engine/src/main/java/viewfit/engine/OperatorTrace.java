package viewfit.engine;

import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import viewfit.core.files.AtomicFiles;

/**
 * What libtorch's own profiler sees between {@link #start} and {@link #stop}, on the thread that started it and on those of
 * its backward passes. One at a time in a process. It slows the steps it watches down, most of all those of many small
 * operators. On a GPU the times are those of the host, which only hands the work over.
 */
public final class OperatorTrace {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String NODE = "autograd::engine::evaluate_function: ";
    private static final Pattern FORMULA = Pattern.compile("\\w+Backward\\d+");

    private final long startNanos;

    private OperatorTrace(long startNanos) {
        this.startNanos = startNanos;
    }

    /** Where an event comes from. */
    public enum Kind {
        /** A function of a program. */
        FUNCTION,
        /** What autograd does for one node of the graph, its operators included. */
        BACKWARD,
        /** An operator, or the formula of a node of the graph. */
        OPERATOR
    }

    /**
     * One event; those of a thread are nested or apart.
     *
     * @param startMicros begin, in microseconds after {@link #startNanos}
     * @param micros length
     * @param thread number that libtorch gave the thread
     */
    public record Event(Kind kind, String name, double startMicros, double micros, int thread) {
        double endMicros() {
            return startMicros + micros;
        }
    }

    /** Starts to record. */
    public static OperatorTrace start() {
        // Shapes and memory would be recorded too; the writer of DJL then breaks its own JSON for some operators.
        JniUtils.startProfile(false, false, false);
        return new OperatorTrace(System.nanoTime());
    }

    /** The {@link System#nanoTime} that events count from, within some microseconds. */
    public long startNanos() {
        return startNanos;
    }

    /** Stops to record, and returns the events in no particular order. */
    public List<Event> stop() {
        Path file = null;
        try {
            file = Files.createTempFile("viewfit-operators", ".json");
            JniUtils.stopProfile(file.toString());
            return read(file);
        } catch (IOException e) {
            throw AtomicFiles.failure(file == null ? Path.of(System.getProperty("java.io.tmpdir", "")) : file, e);
        } finally {
            delete(file);
        }
    }

    private static void delete(@Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // It lies in the folder for such files, and nothing depends on it.
            return;
        }
    }

    /** Reads the list of complete events of a Chrome trace. */
    static List<Event> read(Path file) throws IOException {
        List<Event> events = new ArrayList<>();
        Map<String, String> names = new HashMap<>();
        try (JsonParser parser = JSON.createParser(file.toFile())) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                events.add(event(parser, names));
            }
        }
        return events;
    }

    private static Event event(JsonParser parser, Map<String, String> names) throws IOException {
        String name = "";
        double start = 0;
        double micros = 0;
        int thread = 0;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            switch (key) {
                case "name" -> name = parser.getText();
                case "ts" -> start = parser.getDoubleValue();
                case "dur" -> micros = parser.getDoubleValue();
                case "tid" -> thread = parser.getIntValue();
                default -> parser.skipChildren();
            }
        }
        Kind kind = kind(name);
        String shown = kind == Kind.BACKWARD ? name.substring(NODE.length()) : name;
        return new Event(kind, names.computeIfAbsent(shown, n -> n), start, micros, thread);
    }

    /** Operators have a namespace, formulas of the backward pass a number; functions of programs have neither. */
    private static Kind kind(String name) {
        if (name.startsWith(NODE)) {
            return Kind.BACKWARD;
        }
        boolean operator = name.contains("::") || FORMULA.matcher(name).matches() || name.equals("detach");
        return operator ? Kind.OPERATOR : Kind.FUNCTION;
    }
}
