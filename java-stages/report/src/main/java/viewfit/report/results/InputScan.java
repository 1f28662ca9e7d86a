package viewfit.report.results;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Quarantine;
import viewfit.core.files.AtomicFiles;
import viewfit.core.metrics.Metrics;
import viewfit.core.select.HalvingRow;
import viewfit.core.select.TestMetrics;

/**
 * Walks a folder and keeps what the report can use, by the schema a file names and not by its file name: a workflow may
 * number or rename what it stages. Large files (weights) are not opened.
 */
final class InputScan {

    private static final ObjectMapper JSON = new ObjectMapper();

    final List<Scored> metrics = new ArrayList<>();
    final List<Curve> curves = new ArrayList<>();
    final List<ResultTable> tables = new ArrayList<>();
    final List<Answers> answers = new ArrayList<>();
    final List<Path> contactSheets = new ArrayList<>();
    final List<Path> featureMaps = new ArrayList<>();
    final List<Path> retrievals = new ArrayList<>();
    final List<Path> scaleFigures = new ArrayList<>();
    final Map<Path, JsonNode> exports = new LinkedHashMap<>();
    final Map<Path, JsonNode> divergences = new LinkedHashMap<>();
    final Map<Path, Quarantine> quarantines = new LinkedHashMap<>();
    final Map<Path, Map<String, String>> recipes = new LinkedHashMap<>();

    List<Show> shows = List.of();

    @Nullable
    Path showsFile;

    final List<Gap> gaps = new ArrayList<>();
    private final List<HalvingRow> halvings = new ArrayList<>();
    private final List<Path> selections = new ArrayList<>();
    private final Map<Path, TestMetrics> tests = new LinkedHashMap<>();

    @Nullable
    JsonNode split;

    @Nullable
    ResultTable cells;

    /**
     * Files in a fixed order, links followed (a workflow stages inputs as links). What another run left below the folder of a
     * run is not of it: that of a figure of the paper has its place in {@code results/papers}.
     */
    static InputScan of(List<Path> folders) {
        InputScan scan = new InputScan();
        for (Path folder : folders) {
            if (!Files.isDirectory(folder)) {
                throw new StageFailure(ExitCode.NO_INPUT, folder + ": no such folder: a folder of results is needed");
            }
            files(folder).forEach(scan::add);
        }
        return scan;
    }

    private static List<Path> files(Path folder) {
        boolean ofRun = isRun(folder);
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(
                    folder, Set.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(Path below, BasicFileAttributes attributes) {
                            boolean another = ofRun && !below.equals(folder) && isRun(below);
                            return another ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                            if (attributes.isRegularFile()) {
                                files.add(file);
                            }
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            throw AtomicFiles.failure(folder, e);
        }
        Collections.sort(files);
        return files;
    }

    /** Whether a folder has the results of a run: its table of cells lies where the pipeline puts it. */
    private static boolean isRun(Path folder) {
        return Files.isRegularFile(folder.resolve("grid").resolve("cells.csv"));
    }

    private void add(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".json")) {
            addJson(file);
        } else if (name.endsWith(".csv")) {
            String schema = ofReport(file) || ofState(file) ? "" : ResultTable.schemaOf(file);
            if (schema.startsWith("curve/")) {
                curves.add(Curve.read(file));
            } else if (schema.startsWith("monitor/")
                    || schema.startsWith("views/")
                    || schema.startsWith("pixel-scale/")) {
                tables.add(ResultTable.read(file));
            } else if (schema.startsWith("predictions/")) {
                answers.add(Answers.read(file));
            } else if (schema.startsWith("quarantine/")) {
                quarantines.put(file, Quarantine.read(file));
            } else if (schema.startsWith("failed/")) {
                gaps.addAll(Gap.read(ResultTable.read(file)));
            } else if (schema.startsWith("halving/")) {
                halvings.addAll(HalvingRow.TABLE.read(file).rows());
            } else if (schema.startsWith("cells/")) {
                cells = ResultTable.read(file);
            }
        } else if (name.endsWith(".yml") || name.endsWith(".yaml")) {
            String text = ResultTable.text(file);
            if (text.startsWith("schema: pretrain/") || text.contains("\nschema: pretrain/")) {
                recipes.put(file, RecipeKeys.flatten(file, text));
            }
        } else if (name.endsWith(".png") && name.contains("views") && !ofReport(file)) {
            contactSheets.add(file);
        } else if (name.endsWith(".png") && name.contains("pixel-scale") && !ofReport(file)) {
            scaleFigures.add(file);
        } else if (name.endsWith(".png") && name.contains("feature-map") && !ofReport(file)) {
            featureMaps.add(file);
        } else if (name.endsWith(".png") && name.contains("retrieval") && !ofReport(file)) {
            retrievals.add(file);
        }
    }

    /** What was selected, with its test scores; null without a selection. */
    @Nullable
    Selected selected() {
        if (selections.size() > 1) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    selections.get(1) + ": second selection, the first is " + selections.get(0) + ": one is allowed");
        }
        return selections.isEmpty() ? null : Selected.of(selections.get(0), tests);
    }

    /** Pictures and tables of an earlier report, when the folder of all results is given as input. */
    private static boolean ofReport(Path file) {
        Path folder = file.getParent();
        return folder != null && (folder.endsWith("figures") || folder.endsWith("tables"));
    }

    /** The rows that a paused run hands on are those beside its results, too. */
    private static boolean ofState(Path file) {
        Path folder = file.getParent();
        return folder != null && folder.endsWith("state");
    }

    /** The decisions of all rungs, the first rung first, each in the order of its file: best first of those that compete. */
    List<HalvingRow> halvings() {
        return halvings.stream()
                .sorted(Comparator.comparingInt(HalvingRow::epoch))
                .toList();
    }

    private void addJson(Path file) {
        JsonNode node;
        try {
            node = JSON.readTree(ResultTable.text(file));
        } catch (JsonProcessingException e) {
            throw new StageFailure(
                    ExitCode.BAD_DATA, file + ": " + e.getOriginalMessage() + ": a complete JSON file is needed", e);
        }
        String schema = node.path("schema").asText();
        if (schema.startsWith("metrics/")) {
            metrics.add(new Scored(Metrics.read(file), file));
        } else if (schema.startsWith("selection/")) {
            selections.add(file);
        } else if (schema.startsWith("test-metrics/")) {
            tests.put(file, TestMetrics.read(file));
        } else if (schema.startsWith("shows/")) {
            shows = Show.read(file, node);
            showsFile = file;
        } else if (schema.startsWith("split/")) {
            split = node;
        } else if (schema.startsWith("export/")) {
            exports.put(file, node);
        } else if (schema.startsWith("divergence/")) {
            divergences.put(file, node);
        }
    }
}
