package viewfit.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import viewfit.core.grid.CellRow;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;
import viewfit.core.recipe.GridRecipe;

/**
 * The two stages that look at all cells of a sweep at once, choice and report, for many cells: copies of one that a real run has
 * finished, four seeds at each value of a recipe key.
 */
final class PageBench {
    private static final int SEEDS = 4;
    private static final double MEBI = 1024.0 * 1024;
    private static final String METRICS = "metrics.json";

    /** A key that every recipe has, with room for as many values as one likes. */
    private static final String KEY = "optimizer.lr";

    private static final String HEADING =
            """
            | cells | select | peak MiB | report | per cell | CPU per cell | peak MiB | page MiB | all files MiB |
            | --- | --- | --- | --- | --- | --- | --- | --- | --- |
            """;

    private final Path results;
    private final Path folder;

    /**
     * @param results of a run that has ended well, at least one cell of which has a probe
     * @param folder a folder of the build; what an earlier benchmark left of the same size must not be there
     */
    PageBench(Path results, Path folder) {
        this.results = results.toAbsolutePath();
        this.folder = folder;
    }

    void run(List<Integer> sizes) throws IOException, InterruptedException {
        System.out.print(HEADING);
        for (int cells : sizes) {
            System.out.println(run(cells));
        }
    }

    /** @param most cells; as many values have four seeds each as fit in, at least one */
    private String run(int most) throws IOException, InterruptedException {
        Path place = Places.fresh(folder.resolve(Integer.toString(most)));
        Path many = Files.createDirectories(place.resolve("results"));
        String template = template();
        Path recipes = Files.createDirectories(place.resolve("recipes"));
        Files.copy(results.resolve("grid/cells").resolve(template + ".yml"), recipes.resolve("template.yml"));
        Path grid = place.resolve("grid.yml");
        Files.writeString(grid, grid(most));
        stage(place, "grid", "--grid", grid, "--recipes", recipes, "--out", many.resolve("grid"));
        Path table = many.resolve("grid/cells.csv");
        List<CellRow> rows = CellRow.TABLE.read(table).rows();
        for (CellRow cell : rows) {
            multiply(template, cell, many);
        }
        int cells = rows.size();
        DriverRun select = stage(
                place,
                "select",
                "--grid",
                many.resolve("grid"),
                "--probes",
                many.resolve("probe"),
                "--out",
                many.resolve("select"));
        Path page = place.resolve("page");
        DriverRun report = stage(place, "report", "--cells", table, "--inputs", many, "--out", page);
        return String.format(
                Locale.ROOT,
                "| %d | %.1f s | %.0f | %.1f s | %.0f ms | %.0f ms | %.0f | %.1f | %.1f |",
                cells,
                select.seconds(),
                select.peakMebibytes(),
                report.seconds(),
                1e3 * report.seconds() / cells,
                1e3 * report.cpuSeconds() / cells,
                report.peakMebibytes(),
                Files.size(page.resolve("report.html")) / MEBI,
                size(page) / MEBI);
    }

    private static DriverRun stage(Path place, String name, Object... options)
            throws IOException, InterruptedException {
        List<String> command = Stream.concat(
                        Stream.of(Path.of(Places.stage()).toAbsolutePath().toString(), name),
                        Stream.of(options).map(Object::toString))
                .toList();
        return DriverRun.of(command, place, name + ".log");
    }

    /** The first cell that has a probe. */
    private String template() {
        return CellRow.TABLE.read(results.resolve("grid/cells.csv")).rows().stream()
                .map(CellRow::cell)
                .filter(cell -> Files.isRegularFile(
                        results.resolve("probe").resolve(cell).resolve(METRICS)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(results + ": found no cell with a probe"));
    }

    static String grid(int cells) {
        String values = IntStream.rangeClosed(1, Math.max(1, cells / SEEDS))
                .mapToObj(i -> String.format(Locale.ROOT, "%.7f", 1e-6 * i))
                .collect(Collectors.joining(", "));
        String seeds = IntStream.range(0, SEEDS).mapToObj(Integer::toString).collect(Collectors.joining(", "));
        return "schema: " + GridRecipe.SCHEMA + "\nrecipes: [template.yml]\naxes: {" + KEY + ": [" + values
                + "]}\nlinked: []\nseeds: [" + seeds + "]\nset: {}\nwhere: []\nshows:\n  - {id: axis, kind: figure, x: "
                + KEY + ", lines: [], default: 0.000001, paper: '', where: {}}\n";
    }

    /** The results of the template, as if they were those of another cell. */
    private void multiply(String template, CellRow cell, Path many) throws IOException {
        for (String stage : List.of("pretrain", "probe")) {
            Path from = results.resolve(stage).resolve(template);
            Path to = Files.createDirectories(many.resolve(stage).resolve(cell.cell()));
            try (Stream<Path> files = Files.list(from)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    String name = file.getFileName().toString();
                    if (name.equals(METRICS)) {
                        of(cell, Metrics.read(file)).write(to.resolve(name));
                    } else if (!name.endsWith(".safetensors")) {
                        Files.copy(file, to.resolve(name));
                    }
                }
            }
        }
    }

    private static Metrics of(CellRow cell, Metrics metrics) {
        Provenance from = metrics.provenance();
        boolean trained = metrics.stage().equals("pretrain");
        return new Metrics(
                Metrics.SCHEMA,
                metrics.stage(),
                cell.cell(),
                Outcome.OK,
                metrics.message(),
                metrics.values(),
                metrics.counts(),
                metrics.facts(),
                new Provenance(
                        from.code(),
                        trained ? cell.sha256() : from.recipeSha256(),
                        from.manifestSha256(),
                        from.checkpointSha256(),
                        from.engine(),
                        from.device(),
                        trained ? cell.seed() : from.seed()));
    }

    private static long size(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
