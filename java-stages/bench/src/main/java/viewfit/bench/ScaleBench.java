package viewfit.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import viewfit.core.recipe.GridRecipe;

/**
 * A dry run of a sweep without fine-tuning, whose tasks write stubs, three for each cell: what Nextflow itself takes for many cells,
 * and for finding with {@code -resume} that all of them are done.
 */
final class ScaleBench {
    /** A part of a duration of the trace, such as {@code 1m 2.5s}. */
    private static final Pattern PART = Pattern.compile("([0-9.]+)(ms|s|m|h|d)");

    private static final String HEADING =
            """
            | cells | tasks | first run | in tasks | Nextflow: CPU per task | peak MiB | with -resume | per task | peak MiB | files in work, results |
            | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
            """;

    /**
     * Stands before {@code bin/stage}: what a stage has written as its stub once is copied from then on. Without it the start of a
     * JVM in each task is nearly all of the time, and says nothing about the workflow.
     */
    private static final String STAGE =
            """
            #!/usr/bin/env bash
            # stage NAME --stub ... --out DIR: the stub as bin/stage wrote it the first time.
            set -euo pipefail
            case " $* " in *' --stub '*) ;; *) exec %1$s/stage "$@" ;; esac
            out=${@: -1}
            kept=%2$s/$1
            if [ ! -d "$kept" ]; then
              mkdir -p %2$s/new.$$
              %1$s/stage "$1" --stub --out %2$s/new.$$
              mv -T %2$s/new.$$ "$kept" 2>/dev/null || rm -rf %2$s/new.$$
            fi
            mkdir -p "$out" && cp -r "$kept/." "$out"
            """;

    private final Path folder;

    /** @param folder a folder of the build; what an earlier benchmark left of the same size must not be there */
    ScaleBench(Path folder) {
        this.folder = folder;
    }

    void run(List<Integer> sizes) throws IOException, InterruptedException {
        System.out.print(HEADING);
        for (int cells : sizes) {
            System.out.println(run(cells));
        }
    }

    private String run(int cells) throws IOException, InterruptedException {
        Path place = Places.fresh(folder.resolve(Integer.toString(cells)));
        Path grid = place.resolve("grid.yml");
        Files.writeString(grid, grid(cells));
        Path stage = Files.createDirectories(place.resolve("bin")).resolve("stage");
        Files.writeString(stage, STAGE.formatted(Path.of(Places.launcher()).getParent(), place.resolve("stubs")));
        require(stage.toFile().setExecutable(true), stage + ": cannot be made a program");
        Path config = place.resolve("scale.config");
        Files.writeString(config, "env.PATH = '" + stage.getParent() + ":" + System.getenv("PATH") + "'\n");
        List<String> arguments = new ArrayList<>(List.of("-profile", "test", "-stub-run"));
        arguments.addAll(List.of("-c", config.toString(), "--grid", grid.toString()));
        arguments.addAll(List.of("--finetune_1pct", "false", "--finetune_10pct", "false"));
        DriverRun first = DriverRun.of(place, "first.log", arguments);
        Tasks tasks = Tasks.of(place.resolve("results/pipeline_info/trace.tsv"));
        require(tasks.cached() == 0, "the first run found tasks of another");
        DriverRun again = DriverRun.of(
                place,
                "again.log",
                Stream.concat(arguments.stream(), Stream.of("-resume")).toList());
        Tasks cached = Tasks.of(place.resolve("results/pipeline_info/trace.tsv"));
        require(
                cached.cached() == cached.count() && cached.count() == tasks.count(),
                "with -resume " + cached.cached() + " of " + tasks.count() + " tasks were found done");
        return String.format(
                Locale.ROOT,
                "| %d | %d | %.0f s | %.0f s | %.0f ms | %.0f | %.1f s | %.1f ms | %.0f | %d, %d |",
                cells,
                tasks.count(),
                first.seconds(),
                tasks.seconds(),
                1e3 * first.cpuSeconds() / tasks.count(),
                first.peakMebibytes(),
                again.seconds(),
                1e3 * again.seconds() / tasks.count(),
                again.peakMebibytes(),
                files(place.resolve("work")),
                files(place.resolve("results")));
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }

    /** As many cells as seeds, of which a dry run trains none. */
    static String grid(int cells) {
        String seeds = LongStream.range(0, cells).mapToObj(Long::toString).collect(Collectors.joining(", "));
        return "schema: " + GridRecipe.SCHEMA + "\nrecipes: [test-ours.yml]\naxes: {}\nlinked: []\nseeds: [" + seeds
                + "]\nset: {}\nwhere: []\nshows: []\n";
    }

    private static long files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.count();
        }
    }

    /**
     * What the trace has of a run.
     *
     * @param count tasks
     * @param cached those that were found done
     * @param seconds that they ran, all together
     */
    record Tasks(int count, int cached, double seconds) {
        static Tasks of(Path trace) throws IOException {
            List<String> lines = Files.readAllLines(trace);
            List<String> columns = List.of(lines.get(0).split("\t"));
            int status = columns.indexOf("status");
            int realtime = columns.indexOf("realtime");
            int cached = 0;
            double seconds = 0;
            for (String line : lines.subList(1, lines.size())) {
                String[] fields = line.split("\t");
                cached += fields[status].equals("CACHED") ? 1 : 0;
                seconds += duration(fields[realtime]);
            }
            return new Tasks(lines.size() - 1, cached, seconds);
        }
    }

    /** Seconds of {@code 1m 2.5s}; 0 of a dash. */
    static double duration(String text) {
        double seconds = 0;
        Matcher part = PART.matcher(text);
        while (part.find()) {
            seconds += Double.parseDouble(part.group(1))
                    * switch (part.group(2)) {
                        case "ms" -> 1e-3;
                        case "m" -> 60;
                        case "h" -> 3600;
                        case "d" -> 86_400;
                        default -> 1;
                    };
        }
        return seconds;
    }
}
