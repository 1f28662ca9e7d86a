package viewfit.formats;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import viewfit.core.files.AtomicFiles;

/** Texts of this jar with {@code {{name}}} marks. */
final class ResourceText {
    private ResourceText() {}

    /**
     * Writes a text with its marks filled.
     *
     * @param template path beside this class
     */
    static void write(Path file, String template, Map<String, String> values) {
        String text = read(template);
        for (Map.Entry<String, String> entry : values.entrySet()) {
            text = text.replace("{{" + entry.getKey() + "}}", entry.getValue());
        }
        if (text.contains("{{")) {
            throw new IllegalStateException(template + ": a placeholder was not filled");
        }
        AtomicFiles.writeString(file, text);
    }

    /** Facts as a list in Markdown. */
    static String list(Map<String, String> facts) {
        return facts.entrySet().stream()
                .map(e -> "* " + e.getKey() + ": " + e.getValue())
                .collect(Collectors.joining("\n"));
    }

    private static String read(String name) {
        try (InputStream in = ResourceText.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the formats jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
