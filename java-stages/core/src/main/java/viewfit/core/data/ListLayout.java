package viewfit.core.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Listing.Written;
import viewfit.core.files.AtomicFiles;

/**
 * A list of images, one path a line and, for all or none, a label: {@code .csv} with a comma between them (and quotes as in RFC
 * 4180), {@code .tsv} with a tab, {@code .txt} with a tab or else the last space of the line. Paths are below the folder of the
 * list. Empty lines, lines that start with {@code #} and a first line {@code path} or {@code path,label} are no images.
 */
final class ListLayout {
    private static final List<String> ENDINGS = List.of(".txt", ".csv", ".tsv");

    private ListLayout() {}

    /** Whether a file of this name is read as a list. */
    static boolean named(String name) {
        return ENDINGS.stream().anyMatch(name.toLowerCase(Locale.ROOT)::endsWith);
    }

    /** The images of a list, and those of the validation list beside it. */
    static Listing list(Path file) {
        String val = ImageFolder.valBeside(file);
        return Listing.of(file, images(file), val == null ? List.of() : images(file.resolveSibling(val)));
    }

    private static List<Written> images(Path file) {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new StageFailure(ExitCode.NO_INPUT, file + ": cannot be read: must be UTF-8 text", e);
        }
        String name = AtomicFiles.name(file).toLowerCase(Locale.ROOT);
        List<Written> images = new ArrayList<>();
        if (name.endsWith(".csv")) {
            csv(file, text, images);
        } else {
            int number = 0;
            for (String line : text.lines().toList()) {
                number++;
                if (line.isBlank() || line.startsWith("#") || (number == 1 && line.matches("path(\\s+label)?"))) {
                    continue;
                }
                int at = line.indexOf('\t') >= 0 || name.endsWith(".tsv")
                        ? line.lastIndexOf('\t')
                        : line.stripTrailing().lastIndexOf(' ');
                List<String> fields = at < 0 ? List.of(line) : List.of(line.substring(0, at), line.substring(at + 1));
                images.add(image(file + ":" + number, fields));
            }
        }
        return images;
    }

    private static void csv(Path file, String text, List<Written> images) {
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setCommentMarker('#')
                .setIgnoreEmptyLines(true)
                .build();
        try (CSVParser parser = CSVParser.parse(text, format)) {
            for (CSVRecord record : parser) {
                List<String> fields = record.toList();
                boolean head = record.getRecordNumber() == 1
                        && (fields.equals(List.of("path")) || fields.equals(List.of("path", "label")));
                if (!head) {
                    images.add(image(file + ":" + parser.getCurrentLineNumber(), fields));
                }
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new StageFailure(ExitCode.BAD_DATA, file + ": found broken quoting: must be CSV as in RFC 4180", e);
        }
    }

    private static Written image(String where, List<String> fields) {
        String path = fields.get(0).strip().replace('\\', '/');
        while (path.startsWith("./")) {
            path = path.substring(2);
        }
        String label = fields.size() < 2 ? null : fields.get(1).strip();
        if (fields.size() > 2) {
            throw Listing.bad(where, fields.size() + " fields", "must be a path and a label");
        }
        if (path.isEmpty() || path.startsWith("/") || path.indexOf('\0') >= 0 || ("/" + path + "/").contains("/../")) {
            throw Listing.bad(where, "path '" + path + "'", "must be a path below the folder of the list");
        }
        if (label != null && label.isEmpty()) {
            throw Listing.bad(where, "an empty label", "must be a class number or name");
        }
        return new Written(path, label, where);
    }
}
