package viewfit.core.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.Hashes;

/**
 * Reads and writes recipes. Reading is strict: every key must be known and present, values are never coerced, nothing
 * may follow the document; all problems of a file are reported together, each as
 * {@code file: key path: what was found: what is allowed}.
 */
public final class Recipes {
    private Recipes() {}

    /**
     * Reads one recipe file.
     *
     * @throws StageFailure {@link ExitCode#NO_INPUT} if there is no such file, {@link ExitCode#BAD_RECIPE} if it is not
     *     a recipe of this type
     */
    public static <T extends Record> T read(Path file, Class<T> type) {
        return parse(text(file), file.toString(), type);
    }

    /**
     * Parses one recipe.
     *
     * @param where what to call the text in messages, usually its file name
     * @throws StageFailure {@link ExitCode#BAD_RECIPE} with all problems
     */
    public static <T extends Record> T parse(String text, String where, Class<T> type) {
        return bind(tree(text, where), where, type);
    }

    /** Canonical YAML: components in order, one spelling per value; reads back equal. */
    public static <T extends Record> String toYaml(T recipe) {
        return Yaml.write(RecordTree.of(recipe));
    }

    /** Checksum of the canonical YAML, so that comments and spelling of a file do not matter. */
    public static <T extends Record> String sha256(T recipe) {
        return Hashes.sha256(toYaml(recipe));
    }

    /**
     * Where two trees differ, one text for each key path: {@code optimizer.lr: was 0.3, now 0.2}. A list counts as one value.
     *
     * @param was earlier tree
     * @param now later tree
     */
    public static Map<String, String> differences(JsonNode was, JsonNode now) {
        Map<String, String> found = new LinkedHashMap<>();
        differences("", was, now, found);
        return found;
    }

    private static void differences(String path, JsonNode was, JsonNode now, Map<String, String> found) {
        if (was.isObject() && now.isObject()) {
            Set<String> keys = new LinkedHashSet<>();
            was.fieldNames().forEachRemaining(keys::add);
            now.fieldNames().forEachRemaining(keys::add);
            for (String key : keys) {
                differences(path.isEmpty() ? key : path + "." + key, was.path(key), now.path(key), found);
            }
        } else if (!was.equals(now)) {
            found.put(path, path + ": was " + word(was) + ", now " + word(now));
        }
    }

    private static String word(JsonNode node) {
        return node.isMissingNode() ? "not there" : node.isTextual() ? node.textValue() : node.toString();
    }

    /** The text of a recipe file. */
    public static String text(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new StageFailure(
                    ExitCode.NO_INPUT,
                    file + ": " + (Files.exists(file) ? "not a file" : "does not exist")
                            + ": must be a recipe file in YAML");
        }
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new StageFailure(ExitCode.NO_INPUT, file + ": cannot be read as UTF-8 text: must be YAML", e);
        }
    }

    /** Parses YAML into a tree without a record type; still one document, no duplicate keys. */
    public static JsonNode tree(String text, String where) {
        return Yaml.read(text, where);
    }

    /** Binds a tree to a record with all checks of {@link #parse}. */
    public static <T extends Record> T bind(JsonNode tree, String where, Class<T> type) {
        List<String> problems = new ArrayList<>();
        T recipe = RecordBinder.bind(tree, type, problems);
        if (recipe == null || !problems.isEmpty()) {
            List<String> lines = problems.stream().map(p -> where + ": " + p).toList();
            throw new StageFailure(ExitCode.BAD_RECIPE, String.join("\n", lines));
        }
        return recipe;
    }
}
