package viewfit.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.Port;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Classes;
import viewfit.core.data.Manifest;
import viewfit.core.data.Quarantine;
import viewfit.core.data.Shapes;
import viewfit.core.files.AtomicFiles;
import viewfit.core.metrics.ChromeTrace;
import viewfit.core.metrics.CurveRow;
import viewfit.core.metrics.Divergence;
import viewfit.core.metrics.Json;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.MonitorRow;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.ProfileRow;
import viewfit.core.metrics.Provenance;
import viewfit.core.table.CsvTable;

/**
 * Schema name to format. Immutable; a stage adds its own with {@link #with}. A table whose schema nobody added is held to
 * its {@code # schema:} line; any other versioned schema must be added.
 */
public final class OutputFormats {
    private static final String PNG_MAGIC = "89504e470d0a1a0a";
    private static final String SMALLEST_PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==";

    private final Map<String, OutputFormat> formats;

    private OutputFormats(Map<String, OutputFormat> formats) {
        this.formats = Map.copyOf(formats);
    }

    /** The formats of plain Java: tables, metrics, recipes, pictures, pages and folders. */
    public static OutputFormats standard() {
        Map<String, OutputFormat> formats = new LinkedHashMap<>();
        formats.put(Manifest.SCHEMA, OutputFormat.of(Manifest::check, path -> new Manifest(List.of(), Map.of())
                .write(path)));
        formats.put(Classes.SCHEMA, OutputFormat.of(Classes::read, path -> new Classes(List.of("stub"))
                .write(path, Map.of())));
        formats.put(Quarantine.SCHEMA, OutputFormat.of(Quarantine::read, path -> new Quarantine(List.of())
                .write(path, Map.of())));
        formats.put(Shapes.SCHEMA, OutputFormat.of(Shapes::read, path -> new Shapes(List.of()).write(path, Map.of())));
        formats.put(CurveRow.SCHEMA, OutputFormat.table(CsvTable.of(CurveRow.class, CurveRow.SCHEMA)));
        formats.put(MonitorRow.SCHEMA, OutputFormat.table(CsvTable.of(MonitorRow.class, MonitorRow.SCHEMA)));
        formats.put(
                Divergence.SCHEMA,
                OutputFormat.of(
                        path -> Json.read(path, Divergence.class),
                        path -> Json.write(
                                path,
                                new Divergence(
                                        Divergence.SCHEMA, "", 0, 0, List.of(), List.of(), Map.of(), List.of()))));
        formats.put(ProfileRow.SCHEMA, OutputFormat.table(CsvTable.of(ProfileRow.class, ProfileRow.SCHEMA)));
        formats.put(
                ChromeTrace.SCHEMA,
                OutputFormat.of(
                        ChromeTrace::verify,
                        path -> ChromeTrace.write(path, Provenance.ofCode("", 0), Map.of(), List.of())));
        formats.put(Metrics.SCHEMA, OutputFormat.of(Metrics::read, OutputFormats::stubMetrics));
        formats.put("png", OutputFormat.of(OutputFormats::verifyPng, OutputFormats::stubPng));
        formats.put("svg", OutputFormat.of(OutputFormats::verifySvg, OutputFormats::stubSvg));
        formats.put("html", OutputFormat.of(OutputFormats::verifyHtml, OutputFormats::stubHtml));
        return new OutputFormats(formats);
    }

    /** These formats and one more; an earlier one of the same name is replaced. */
    public OutputFormats with(String schema, OutputFormat format) {
        Map<String, OutputFormat> more = new LinkedHashMap<>(formats);
        more.put(schema, format);
        return new OutputFormats(more);
    }

    /** The format of one output. */
    OutputFormat of(Port port) {
        OutputFormat format = formats.get(port.schema());
        if (format != null) {
            return format;
        }
        if (port.file().endsWith("/") && !port.schema().contains("/")) {
            return OutputFormat.of(OutputFormats::verifyFolder, Files::createDirectories);
        }
        if (port.file().endsWith(".csv")) {
            String first = "# schema: " + port.schema();
            return OutputFormat.of(
                    path -> require(firstLine(path).equals(first), path, firstLine(path), first),
                    path -> AtomicFiles.writeString(path, first + "\n"));
        }
        throw new IllegalStateException(port.schema() + ": no format: add one in the stage's formats()");
    }

    private static void verifyPng(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            String found = HexFormat.of().formatHex(in.readNBytes(PNG_MAGIC.length() / 2));
            require(found.equals(PNG_MAGIC), path, "bytes " + found, "a PNG file");
        }
    }

    private static void stubPng(Path path) {
        AtomicFiles.writeBytes(path, Base64.getDecoder().decode(SMALLEST_PNG));
    }

    private static void verifySvg(Path path) throws IOException {
        String text = Files.readString(path, StandardCharsets.UTF_8);
        require(text.startsWith("<svg "), path, firstLine(path), "<svg ");
        require(text.stripTrailing().endsWith("</svg>"), path, "no closing tag", "a whole picture");
    }

    private static void stubSvg(Path path) {
        AtomicFiles.writeString(path, "<svg xmlns=\"http://www.w3.org/2000/svg\"><title>stub</title></svg>\n");
    }

    private static void verifyHtml(Path path) throws IOException {
        String text = Files.readString(path, StandardCharsets.UTF_8);
        require(text.regionMatches(true, 0, "<!doctype html>", 0, 15), path, firstLine(path), "<!doctype html>");
        require(text.stripTrailing().endsWith("</html>"), path, "no closing tag", "a whole page");
    }

    private static void stubHtml(Path path) {
        AtomicFiles.writeString(path, "<!doctype html>\n<html lang=\"en\"><title>stub</title></html>\n");
    }

    private static void verifyFolder(Path path) {
        require(Files.isDirectory(path), path, "no folder", "a folder");
    }

    private static void stubMetrics(Path path) {
        new Metrics(
                        Metrics.SCHEMA,
                        "stub",
                        "",
                        Outcome.OK,
                        "stub run: nothing was computed",
                        Map.of(),
                        Map.of(),
                        Provenance.ofCode("", 0))
                .write(path);
    }

    private static String firstLine(Path path) throws IOException {
        try (Stream<String> lines = Files.lines(path, StandardCharsets.UTF_8)) {
            return lines.findFirst().orElse("");
        }
    }

    private static void require(boolean holds, Path path, String found, String allowed) {
        if (!holds) {
            throw new StageFailure(ExitCode.BUG, path + ": found " + found + ": must be " + allowed);
        }
    }
}
