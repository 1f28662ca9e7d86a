package viewfit.coco;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;

/**
 * One pass over a JSON file of lists of objects. Values are read where the parser stands; what is wrong is said with the place in
 * the file, such as {@code results.json: [16].score}.
 */
final class JsonRows implements AutoCloseable {
    /** Numbers that JSON does not have are read, so that they can be named; Python writes them. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .build();

    private static final double[] NONE = {};
    private static final int LONGEST_SHOWN = 40;

    private final Path file;
    private final JsonParser json;
    private String row = "";

    private JsonRows(Path file, JsonParser json) {
        this.file = file;
        this.json = json;
    }

    /** What is done with the rows of a file. */
    @FunctionalInterface
    interface Work<T> {
        T read(JsonRows rows) throws IOException;
    }

    /** What is done at a value. */
    @FunctionalInterface
    interface At {
        void accept(String name) throws IOException;
    }

    /**
     * Opens a file and reads it.
     *
     * @throws StageFailure {@link ExitCode#NO_INPUT} without a file, {@link ExitCode#BAD_DATA} if it is not JSON
     */
    static <T> T read(Path file, Work<T> work) {
        if (!Files.isRegularFile(file)) {
            throw new StageFailure(ExitCode.NO_INPUT, file + ": does not exist: must be a JSON file");
        }
        try (JsonRows rows = new JsonRows(file, JSON.createParser(file.toFile()))) {
            T result = work.read(rows);
            if (rows.json.nextToken() != null) {
                throw rows.failure("found more after the end: must be one JSON value");
            }
            return result;
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null
                    ? ""
                    : " (line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr() + ")";
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    file + ": not JSON" + where + ": "
                            + e.getOriginalMessage().lines().findFirst().orElse("") + ": must be one JSON value",
                    e);
        } catch (IOException e) {
            throw new StageFailure(
                    ExitCode.NO_INPUT, file + ": cannot be read: " + AtomicFiles.reason(e) + ": must be readable", e);
        }
    }

    @Override
    public void close() throws IOException {
        json.close();
    }

    /** The object that comes next: {@code at} is called at each value, with its name, and must read or skip it. */
    void topObject(String what, At at) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw failure("found " + found() + ": must be " + what);
        }
        fields(at);
    }

    /** The list that comes next, of objects. */
    void topList(String what, At row) throws IOException {
        if (json.nextToken() != JsonToken.START_ARRAY) {
            throw failure("found " + found() + ": must be " + what);
        }
        rows("", row);
    }

    /** The list of objects at the parser; {@code row} is called at the start of each with its index. */
    void list(String name, At row) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw failure(name + ": found " + found() + ": must be a list of objects");
        }
        rows(name, row);
    }

    private void rows(String name, At each) throws IOException {
        for (int i = 0; json.nextToken() != JsonToken.END_ARRAY; i++) {
            row = name + "[" + i + "]";
            if (json.currentToken() != JsonToken.START_OBJECT) {
                throw failure(row + ": found " + found() + ": must be an object");
            }
            each.accept(row);
        }
        row = "";
    }

    /** The fields of the object at the parser. */
    void fields(At at) throws IOException {
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            at.accept(name);
        }
    }

    /** Leaves out the value at the parser. */
    void skip() throws IOException {
        json.skipChildren();
    }

    /** An identifier: a whole number, perhaps written as a decimal. */
    long id(String field) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NUMBER_INT
                && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return json.getLongValue();
        }
        if (json.currentToken() == JsonToken.VALUE_NUMBER_FLOAT) {
            double value = json.getDoubleValue();
            if (value == Math.rint(value) && Math.abs(value) <= 1L << 53) {
                return (long) value;
            }
        }
        throw wrong(field, found(), "must be a whole number below 2^63");
    }

    /** Pixels along one side. */
    int size(String field) throws IOException {
        long size = id(field);
        if (size < 1 || size > Integer.MAX_VALUE) {
            throw wrong(field, Long.toString(size), "must be 1 or more");
        }
        return (int) size;
    }

    /** A number; NaN and the infinities too. */
    double number(String field) throws IOException {
        if (!json.currentToken().isNumeric()) {
            throw wrong(field, found(), "must be a number");
        }
        return json.getDoubleValue();
    }

    /** A truth value, or a number that stands for one. */
    boolean flag(String field) throws IOException {
        if (json.currentToken().isBoolean()) {
            return json.getBooleanValue();
        }
        if (json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            return json.getLongValue() != 0;
        }
        throw wrong(field, found(), "must be 0 or 1");
    }

    /** A text. */
    String text(String field) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw wrong(field, found(), "must be a text");
        }
        return json.getText();
    }

    /** Whether the parser is at the start of a list, at that of an object, or at a text. */
    boolean atList() {
        return json.currentToken() == JsonToken.START_ARRAY;
    }

    boolean atObject() {
        return json.currentToken() == JsonToken.START_OBJECT;
    }

    boolean atText() {
        return json.currentToken() == JsonToken.VALUE_STRING;
    }

    /** Moves to the next element of a list; false at its end. */
    boolean nextElement() throws IOException {
        return json.nextToken() != JsonToken.END_ARRAY;
    }

    /** A list of numbers. */
    double[] numbers(String field) throws IOException {
        if (!atList()) {
            throw wrong(field, found(), "must be a list of numbers");
        }
        double[] values = NONE;
        int count = 0;
        while (nextElement()) {
            if (count == values.length) {
                values = Arrays.copyOf(values, Math.max(8, 2 * count));
            }
            values[count++] = number(field);
        }
        return Arrays.copyOf(values, count);
    }

    /** A box; null if the list is empty. */
    @Nullable
    Box box(String field, Rules rules) throws IOException {
        double[] values = numbers(field);
        if (values.length == 0) {
            return null;
        }
        if (values.length != 4) {
            throw wrong(field, values.length + " numbers", "must be x, y, width, height");
        }
        for (double value : values) {
            if (!Double.isFinite(value)) {
                throw wrong(field, Double.toString(value), "must be finite numbers");
            }
        }
        if (rules == Rules.SAFE && (values[2] < 0 || values[3] < 0)) {
            throw wrong(
                    field,
                    "a size of " + values[2] + " x " + values[3],
                    "must be x, y, width, height, and sizes 0 or more");
        }
        return new Box(values[0], values[1], values[2], values[3]);
    }

    /** The failure of a field of the current row. */
    StageFailure wrong(String field, String found, String allowed) {
        return failure(place(field) + ": found " + found + ": " + allowed);
    }

    /** The failure of a field that the current row lacks. */
    StageFailure missing(String field, String allowed) {
        return failure(place(field) + ": missing: " + allowed);
    }

    /** A field of the current row. */
    String place(String field) {
        return row + "." + field;
    }

    /** The failure of this file. */
    StageFailure failure(String message) {
        return new StageFailure(ExitCode.BAD_DATA, file + ": " + message);
    }

    /** What the parser stands at, for people. */
    String found() throws IOException {
        JsonToken token = json.currentToken();
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_ARRAY -> "a list";
            case START_OBJECT -> "an object";
            case VALUE_NULL -> "null";
            case VALUE_STRING -> "the text '" + shortened(json.getText()) + "'";
            default -> shortened(json.getText());
        };
    }

    private static String shortened(String text) {
        String line = text.replace('\n', ' ').replace('\r', ' ');
        return line.length() <= LONGEST_SHOWN ? line : line.substring(0, LONGEST_SHOWN) + "...";
    }
}
