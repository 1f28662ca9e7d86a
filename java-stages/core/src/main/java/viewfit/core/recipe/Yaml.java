package viewfit.core.recipe;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/** The YAML dialect of recipes: one document, no duplicate keys, a fixed way of writing. */
final class Yaml {
    private static final YAMLMapper MAPPER = new YAMLMapper(YAMLFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .stringQuotingChecker(new PlainWords())
            .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
            .build());
    private static final ObjectReader READER = MAPPER.reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final Pattern PLAIN_NUMBER =
            Pattern.compile("[-+]?(0|[1-9][0-9]*|(0|[1-9][0-9]*)?\\.[0-9]+|(0|[1-9][0-9]*)\\.)([eE][-+]?[0-9]+)?");

    private Yaml() {}

    static JsonNode read(String text, String where) {
        try {
            refuseOddSpellings(text, where);
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
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * YAML 1.1 has spellings that quietly mean something else ({@code 010} is eight, {@code yes} is true) and aliases; a
     * recipe has none of them.
     */
    private static void refuseOddSpellings(String text, String where) throws IOException {
        try (YAMLParser parser = MAPPER.getFactory().createParser(text)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                String raw = parser.getText();
                String allowed = null;
                if (parser.isCurrentAlias() || parser.getObjectId() != null) {
                    allowed = "anchors and aliases are not allowed";
                } else if (token.isNumeric() && !PLAIN_NUMBER.matcher(raw).matches()) {
                    allowed = "numbers are written in plain decimal";
                } else if (token.isBoolean() && !raw.equals("true") && !raw.equals("false")) {
                    allowed = "must be true or false, or quoted as text";
                }
                if (allowed != null) {
                    int line = parser.currentTokenLocation().getLineNr();
                    throw new StageFailure(ExitCode.BAD_RECIPE, where + ":" + line + ": found " + raw + ": " + allowed);
                }
            }
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
        if (message.startsWith("Trailing token")) {
            return "more than one document";
        }
        return message.lines().findFirst().orElse("cannot be parsed").strip();
    }

    /** Leaves quotes away from plain words only: whatever could be read as another type keeps them. */
    private static final class PlainWords extends StringQuotingChecker.Default {
        private static final long serialVersionUID = 1L;
        private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z0-9_./-]*");

        @Override
        public boolean needToQuoteValue(String value) {
            return !WORD.matcher(value).matches() || isReservedKeyword(value);
        }
    }
}
