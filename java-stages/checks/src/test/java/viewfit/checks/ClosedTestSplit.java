package viewfit.checks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import viewfit.core.contract.Contracts;
import viewfit.core.contract.Port;
import viewfit.core.contract.StageContract;
import viewfit.core.select.Selection;

/** Who can see the manifest of the test split after a run of the pipeline, and which stages open it. */
final class ClosedTestSplit {
    private static final String MANIFEST = "manifest/1";
    private static final Pattern TASK = Pattern.compile("(?m)^### name: '(\\w+)");

    private final Path folder;
    private final Path results;

    /** @param folder where the pipeline ran, with its {@code work} and {@code results} */
    ClosedTestSplit(Path folder) {
        this.folder = folder;
        this.results = folder.resolve("results");
    }

    /** Processes whose work folders hold the manifest, or a link that leads to it or to a folder around it. */
    Set<String> processesThatHaveIt() throws IOException {
        Set<String> processes = new TreeSet<>();
        try (Stream<Path> files = Files.walk(folder.resolve("work"))) {
            for (Path file : files.sorted().toList()) {
                Path real = Files.isSymbolicLink(file) ? file.toRealPath() : file;
                boolean leads = real.endsWith("test.csv")
                        || (Files.isSymbolicLink(file)
                                && Files.isDirectory(real)
                                && Files.exists(real.resolve("test.csv")));
                if (leads) {
                    processes.add(process(file));
                }
            }
        }
        return processes;
    }

    private String process(Path file) throws IOException {
        Path work = folder.resolve("work");
        Path task = work.resolve(work.relativize(file).subpath(0, 2));
        Matcher name = TASK.matcher(Files.readString(task.resolve(".command.run")));
        return name.find() ? name.group(1) : task.toString();
    }

    /** A stage with one of its manifests replaced by that of the test split. */
    record Attempt(StageContract stage, Port port) {
        @Override
        public String toString() {
            return stage.name() + " --" + port.name();
        }
    }

    /** Every manifest that a stage reads, but the one that is the test split's place. */
    static List<Attempt> attempts() {
        List<Attempt> attempts = new ArrayList<>();
        for (StageContract stage : Contracts.all()) {
            for (Port port : stage.inputs()) {
                if (port.schema().equals(MANIFEST) && !port.file().equals("test.csv")) {
                    attempts.add(new Attempt(stage, port));
                }
            }
        }
        return attempts;
    }

    /** Runs the stage on what the pipeline left, which is right but for this one manifest. */
    Workflow.Result run(Attempt attempt) {
        String cell = Selection.read(results.resolve("select/selection.json"))
                .tested()
                .get(0)
                .cell();
        Map<String, Path> files = Map.of(
                "images", Repository.ROOT.resolve("test-data/imagenette-mini"),
                "classes/1", results.resolve("split/classes.csv"),
                "shapes/1", results.resolve("split/shapes.csv"),
                "pretrain/1", results.resolve("grid/cells/" + cell + ".yml"),
                "probe/1", Repository.ROOT.resolve("params/recipes/test-probe.yml"),
                "finetune/1", Repository.ROOT.resolve("params/recipes/test-finetune-1pct.yml"),
                "checkpoint/1", results.resolve("pretrain/" + cell + "/checkpoint.safetensors"),
                "probe-weights/1", results.resolve("probe/" + cell + "/probe.safetensors"),
                "selection/2", results.resolve("select/selection.json"));
        List<String> command = new ArrayList<>(List.of(attempt.stage().name()));
        for (Port port : attempt.stage().inputs()) {
            Path file = port.equals(attempt.port())
                    ? results.resolve("split/test.csv")
                    : port.schema().equals(MANIFEST)
                            ? results.resolve("split/" + port.file())
                            : files.get(port.schema());
            if (file != null) {
                command.addAll(List.of("--" + port.name(), file.toString()));
            }
        }
        if (!attempt.stage().equals(Contracts.PACK)) {
            command.addAll(List.of("--cell", cell));
        }
        command.addAll(List.of(
                "--out", folder.resolve("closed/" + attempt.stage().name()).toString()));
        return new Workflow(folder).stage(command.toArray(String[]::new));
    }
}
