package viewfit.core.metrics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;
import viewfit.core.recipe.Recipes;
import viewfit.core.recipe.RecordTree;

/** JSON files made of records: kebab-case keys, components in order, read as strictly as recipes. */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final DefaultPrettyPrinter PRETTY = new DefaultPrettyPrinter(
                    Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER))
            .withObjectIndenter(new DefaultIndenter("  ", "\n"));

    private Json() {}

    /** Writes a record atomically, indented, with a final line feed. */
    public static void write(Path file, Record value) {
        try {
            AtomicFiles.writeString(file, MAPPER.writer(PRETTY).writeValueAsString(RecordTree.of(value)) + "\n");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values can always be written", e);
        }
    }

    /** The record on one line. */
    public static String line(Record value) {
        try {
            return MAPPER.writeValueAsString(RecordTree.of(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values can always be written", e);
        }
    }

    /**
     * Reads a record, all keys present and known.
     *
     * @throws StageFailure {@link ExitCode#NO_INPUT} or {@link ExitCode#BAD_DATA}
     */
    public static <T extends Record> T read(Path file, Class<T> type) {
        return read(file, type, Set.of());
    }

    /**
     * The same, where some keys may be absent: files that were written before there were such keys.
     *
     * @param optional keys of maps, empty where they are absent
     */
    static <T extends Record> T read(Path file, Class<T> type, Set<String> optional) {
        if (!Files.isRegularFile(file)) {
            throw new StageFailure(ExitCode.NO_INPUT, file + ": does not exist: must be a JSON file");
        }
        try {
            return parse(Files.readString(file, StandardCharsets.UTF_8), file.toString(), type, optional);
        } catch (IOException e) {
            throw new StageFailure(ExitCode.NO_INPUT, file + ": cannot be read: must be UTF-8 text", e);
        }
    }

    /** Parses the text of such a file; {@code where} names it in messages. */
    public static <T extends Record> T parse(String text, String where, Class<T> type) {
        return parse(text, where, type, Set.of());
    }

    private static <T extends Record> T parse(String text, String where, Class<T> type, Set<String> optional) {
        try {
            JsonNode tree = MAPPER.readTree(text);
            if (tree instanceof ObjectNode object) {
                optional.stream().filter(key -> !object.has(key)).forEach(object::putObject);
            }
            return Recipes.bind(tree, where, type);
        } catch (JsonProcessingException e) {
            throw new StageFailure(ExitCode.BAD_DATA, where + ": not JSON: must be one JSON object", e);
        } catch (StageFailure e) {
            throw new StageFailure(ExitCode.BAD_DATA, String.valueOf(e.getMessage()), e);
        }
    }
}
