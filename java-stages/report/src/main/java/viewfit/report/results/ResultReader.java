package viewfit.report.results;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/**
 * Groups results by cell. A file belongs to the cell it names itself (JSON {@code cell}, or {@code cell} in the
 * provenance line of a CSV); a file that names none belongs to the cell of the nearest folder above it, or of its own
 * file name, that is called like a cell; then to the cell of the metrics file beside it; then to the only cell with its
 * recipe checksum.
 */
public final class ResultReader {

    private static final String MONITOR = "monitor/";
    private static final Pattern FRACTION = Pattern.compile("(\\d+)[-_ ]?pct");

    private final Map<String, Cell> cells = new LinkedHashMap<>();
    private final Map<Path, String> cellOfFolder = new HashMap<>();
    private final Map<String, Builder> builders = new LinkedHashMap<>();
    private Strangers strangers = Strangers.none();

    private ResultReader() {}

    /** What was found for one cell so far. */
    private static final class Builder {
        @Nullable
        Scored pretrain;

        @Nullable
        Scored probe;

        final Map<String, Scored> finetune = new LinkedHashMap<>();

        @Nullable
        Curve curve;

        @Nullable
        ResultTable monitor;

        @Nullable
        ResultTable views;

        @Nullable
        Path viewsPng;

        @Nullable
        ResultTable pixelScale;

        @Nullable
        Path scaleFigure;

        @Nullable
        JsonNode export;

        @Nullable
        PixelScaleFiles pixelScales() {
            return pixelScale == null ? null : new PixelScaleFiles(pixelScale, scaleFigure);
        }

        Map<String, String> recipe = Map.of();

        @Nullable
        Path divergence;

        final Map<String, Answers> answers = new LinkedHashMap<>();

        @Nullable
        Path featureMap;

        @Nullable
        Path retrieval;
    }

    /**
     * @param cellsFile table of the cells asked for; null takes the table found in the folders, else the cells that have
     *     results
     * @param folders folders with results, recipes and the split summary, in any layout
     * @throws StageFailure when an input is missing or damaged, names no cell, or is the second of its kind
     */
    public static Results read(@Nullable Path cellsFile, List<Path> folders) {
        ResultReader reader = new ResultReader();
        InputScan scan = InputScan.of(folders);
        if (cellsFile != null) {
            CellTable.read(ResultTable.read(cellsFile)).forEach(c -> reader.cells.put(c.id(), c));
        } else if (scan.cells != null) {
            CellTable.read(scan.cells).forEach(c -> reader.cells.put(c.id(), c));
        } else {
            reader.cellsFromResults(scan);
        }
        // Without a table nobody says what belongs to the sweep.
        if (cellsFile != null || scan.cells != null) {
            reader.strangers = Strangers.of(scan, reader.cells);
        }
        if (reader.cells.isEmpty()) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    (cellsFile != null ? cellsFile : scan.cells != null ? scan.cells.file() : folders.get(0))
                            + ": no cell: a table of cells or at least one metrics file is needed");
        }
        reader.cells.keySet().forEach(id -> reader.builders.put(id, new Builder()));
        reader.assign(scan);
        List<CellResult> results = new ArrayList<>();
        reader.builders.forEach((id, b) -> results.add(new CellResult(
                java.util.Objects.requireNonNull(reader.cells.get(id)),
                b.pretrain,
                b.probe,
                b.finetune,
                b.curve,
                b.monitor,
                b.views,
                b.viewsPng,
                b.pixelScales(),
                b.export,
                b.recipe,
                b.divergence,
                b.answers,
                b.featureMap,
                b.retrieval)));
        scan.quarantines.keySet().removeIf(reader.strangers::have);
        return new Results(
                folders.get(0),
                results,
                scan.split,
                scan.quarantines,
                scan.gaps,
                scan.selected(),
                reader.shows(scan),
                scan.halvings(),
                reader.strangers.why());
    }

    /** Every cell that a figure or table is made of must be one of the sweep. */
    private List<Show> shows(InputScan scan) {
        for (Show show : scan.shows) {
            for (String cell : show.cells()) {
                if (!cells.containsKey(cell)) {
                    throw new StageFailure(
                            ExitCode.BAD_DATA,
                            scan.showsFile + ": " + show.id() + ": cell \"" + cell
                                    + "\": not in the table of cells (" + cells.size() + " cells, such as "
                                    + cells.keySet().iterator().next() + ")");
                }
            }
        }
        return scan.shows;
    }

    private void cellsFromResults(InputScan scan) {
        for (Scored scored : scan.metrics) {
            String id = scored.metrics().cell();
            if (!id.isEmpty()) {
                String sha = scored.metrics().stage().equals("pretrain")
                        ? scored.metrics().provenance().recipeSha256()
                        : "";
                Cell cell = new Cell(id, id, id, scored.metrics().provenance().seed(), Map.of(), sha);
                cells.merge(id, cell, (old, now) -> old.recipeSha256().isEmpty() ? now : old);
            }
        }
    }

    private void assign(InputScan scan) {
        for (Scored scored : scan.metrics) {
            if (strangers.have(scored.file())) {
                continue;
            }
            String id = scored.metrics().cell();
            if (id.isEmpty()) {
                id = cellOf(scored.file(), "", "");
            }
            if (!cells.containsKey(id)) {
                throw new StageFailure(
                        ExitCode.BAD_DATA,
                        scored.file() + ": cell \"" + id + "\": not in the table of cells (" + cells.size()
                                + " cells, such as " + cells.keySet().iterator().next() + ")");
            }
            cellOfFolder.put(folder(scored.file()), id);
            assignMetrics(builder(id), scored);
        }
        scan.curves.forEach(curve -> ifKnown(trained(curve.file(), curve.provenance()), b -> b.curve = curve));
        scan.tables.forEach(table -> {
            boolean monitor = table.schema().startsWith(MONITOR);
            String id = monitor ? trained(table.file(), table.provenance()) : cellOf(table.file(), table.provenance());
            ifKnown(id, b -> assignTable(b, table));
        });
        // The views that training saw come before those that stage views drew for the same recipe: pretrain < views.
        scan.contactSheets.forEach(
                file -> ifKnown(cellOf(file, "", ""), b -> b.viewsPng = b.viewsPng == null ? file : b.viewsPng));
        scan.scaleFigures.forEach(file -> ifKnown(cellOf(file, "", ""), b -> b.scaleFigure = file));
        scan.exports.forEach(
                (file, node) -> ifKnown(cellOf(file, node.path("cell").asText(), ""), b -> b.export = node));
        scan.divergences.forEach(
                (file, node) -> ifKnown(cellOf(file, node.path("cell").asText(), ""), b -> b.divergence = file));
        scan.featureMaps.forEach(file -> ifKnown(cellOf(file, "", ""), b -> b.featureMap = file));
        scan.retrievals.forEach(file -> ifKnown(cellOf(file, "", ""), b -> b.retrieval = file));
        scan.answers.forEach(a -> ifKnown(cellOf(a.file(), "", ""), b -> b.answers.put(a.measure(), a)));
        scan.recipes.forEach((file, keys) -> ifKnown(cellOf(file, "", ""), b -> b.recipe = keys));
    }

    private void assignMetrics(Builder builder, Scored scored) {
        switch (scored.metrics().stage()) {
            case "pretrain" -> builder.pretrain = once(builder.pretrain, scored);
            case "probe" -> builder.probe = once(builder.probe, scored);
            case "finetune" -> {
                String fraction = fraction(scored);
                builder.finetune.put(fraction, once(builder.finetune.get(fraction), scored));
            }
            default -> {
                // Another stage's summary; nothing the page shows.
            }
        }
    }

    private static Scored once(@Nullable Scored before, Scored now) {
        if (before != null) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    now.file() + ": second " + now.metrics().stage() + " result of cell "
                            + now.metrics().cell() + ", the first is " + before.file() + ": one is allowed");
        }
        return now;
    }

    private static void assignTable(Builder builder, ResultTable table) {
        if (table.schema().startsWith(MONITOR)) {
            builder.monitor = table;
        } else if (table.schema().startsWith("pixel-scale/")) {
            builder.pixelScale = table;
        } else if (builder.views == null) {
            builder.views = table;
        }
    }

    /** The label fraction of a fine-tuning: named in its values, or in the folders above it, or the file name. */
    private static String fraction(Scored scored) {
        for (String key : scored.metrics().values().keySet()) {
            Matcher matcher = FRACTION.matcher(key);
            if (matcher.find()) {
                return matcher.group(1) + "pct";
            }
        }
        for (Path part = scored.file(); part != null; part = part.getParent()) {
            Path name = part.getFileName();
            Matcher matcher = FRACTION.matcher(name == null ? "" : name.toString());
            if (matcher.find()) {
                return matcher.group(1) + "pct";
            }
        }
        return "labels";
    }

    /** The cell whose training wrote a file; empty if it trained by another recipe than the cell's. */
    private String trained(Path file, JsonNode provenance) {
        String id = cellOf(file, provenance);
        Cell cell = cells.get(id);
        String recipe = provenance.path("recipe-sha256").asText();
        return cell != null && Strangers.differ(recipe, cell.recipeSha256()) ? "" : id;
    }

    private String cellOf(Path file, JsonNode provenance) {
        return cellOf(
                file,
                provenance.path("cell").asText(),
                provenance.path("recipe-sha256").asText());
    }

    private String cellOf(Path file, String named, String recipeSha256) {
        if (strangers.have(file)) {
            return "";
        }
        if (cells.containsKey(named)) {
            return named;
        }
        for (Path part = file; part != null; part = part.getParent()) {
            Path name = part.getFileName();
            String stem = name == null ? "" : name.toString();
            if (cells.containsKey(stem)) {
                return stem;
            }
            String bare = stem.replaceFirst("\\.[a-z]+$", "");
            for (String prefix : new String[] {"", "views-", "curve-", "monitor-", "pixel-scale-"}) {
                if (bare.startsWith(prefix) && cells.containsKey(bare.substring(prefix.length()))) {
                    return bare.substring(prefix.length());
                }
            }
        }
        String beside = cellOfFolder.get(folder(file));
        if (beside != null) {
            return beside;
        }
        List<String> sameRecipe = recipeSha256.isEmpty()
                ? List.of()
                : cells.values().stream()
                        .filter(c -> c.recipeSha256().equals(recipeSha256))
                        .map(Cell::id)
                        .toList();
        return sameRecipe.size() == 1 ? sameRecipe.get(0) : "";
    }

    private static Path folder(Path file) {
        return java.util.Objects.requireNonNull(
                file.toAbsolutePath().normalize().getParent());
    }

    private Builder builder(String id) {
        return java.util.Objects.requireNonNull(builders.get(id));
    }

    private void ifKnown(String id, java.util.function.Consumer<Builder> then) {
        Builder builder = builders.get(id);
        if (builder != null) {
            then.accept(builder);
        }
    }
}
