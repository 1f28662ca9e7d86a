package viewfit.core.recipe;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/** The YAML dialect of recipes: one document, no duplicate keys, a fixed way of writing. */
final class Yaml {
    private static final YAMLMapper MAPPER = new YAMLMapper(YAMLFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
            .build());
    private static final ObjectReader READER = MAPPER.reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private Yaml() {}

    static JsonNode read(String text, String where) {
        try {
            JsonNode tree = READER.readTree(text);
            if (tree == null || tree.isMissingNode() || tree.isNull()) {
                throw new StageFailure(ExitCode.BAD_RECIPE, where + ": empty: must be a YAML mapping");
            }
            return tree;
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String place = at == null ? where : where + ":" + at.getLineNr();
            throw new StageFailure(
                    ExitCode.BAD_RECIPE,
                    place + ": " + oneLine(e.getOriginalMessage())
                            + ": must be one YAML document without duplicate keys",
                    e);
        }
    }

    static String write(ObjectNode tree) {
        try {
            return MAPPER.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values can always be written", e);
        }
    }

    private static String oneLine(String message) {
        return message.lines().findFirst().orElse("cannot be parsed").strip();
    }
}
