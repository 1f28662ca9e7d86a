package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs the commands of bin/ in a folder of the test, with the jars that this build made and its own Nextflow. */
final class Workflow {
    private static final long LIMIT_MINUTES = 10;
    private static final Path BIN = Repository.ROOT.resolve("bin");

    private final Path folder;

    Workflow(Path folder) {
        this.folder = folder;
    }

    /** What a command left: its exit code and all it printed. */
    record Result(int exit, String output) {
        /** Lines that say something, without the banner of Nextflow. */
        List<String> lines() {
            return output.lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
        }
    }

    /** {@code bin/viewfit run main.nf ARGUMENTS}. */
    Result run(String... arguments) {
        List<String> command = new ArrayList<>(List.of("run", "main.nf"));
        command.addAll(List.of(arguments));
        return viewfit(Map.of(), command.toArray(String[]::new));
    }

    Result viewfit(Map<String, String> environment, String... arguments) {
        return command(BIN.resolve("viewfit"), environment, arguments);
    }

    Result stage(String... arguments) {
        return command(BIN.resolve("stage"), Map.of(), arguments);
    }

    Result command(Path program, Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        try {
            Path output = Files.createTempFile(folder, "output", ".log");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            Map<String, String> variables = builder.environment();
            variables
                    .keySet()
                    .removeIf(name -> name.matches("JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|CLASSPATH|NXF_.*|MAVEN_.*"));
            variables.put("VIEWFIT_BUILT", "by this build");
            variables.put("VIEWFIT_VERSION", "0.1.0+test");
            Path nextflow = Repository.ROOT.resolve("java-stages/nextflow/target/lib");
            if (Files.isDirectory(nextflow)) {
                variables.put("VIEWFIT_NEXTFLOW_LIB", nextflow.toString());
            }
            variables.put("NXF_HOME", folder.resolve(".nextflow-home").toString());
            variables.putAll(environment);
            Process process = builder.start();
            boolean ended = process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            String text = Files.readString(output, StandardCharsets.UTF_8);
            assertTrue(ended, "no end after " + LIMIT_MINUTES + " minutes: " + command + "\n" + text);
            return new Result(process.exitValue(), text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What an expression of lib/ says, as Nextflow's own Groovy sees it. */
    List<String> groovy(String expression, Path... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "-cp",
                Repository.ROOT.resolve("java-stages/nextflow/target/lib") + "/*:" + Repository.ROOT.resolve("lib"),
                "groovy.ui.GroovyMain",
                "-e",
                "import java.nio.file.Path; println(" + expression + ")"));
        Stream.of(arguments).map(Path::toString).forEach(command::add);
        return command(
                        Path.of(System.getProperty("java.home"), "bin", "java"),
                        Map.of(),
                        command.toArray(String[]::new))
                .lines();
    }

    /** Task to status, by the trace of the last run: {@code PRETRAIN (baseline_s0)} to {@code COMPLETED}. */
    Map<String, String> tasks(String outdir) {
        try {
            List<String> lines = Files.readAllLines(folder.resolve(outdir).resolve("pipeline_info/trace.tsv"));
            List<String> columns = List.of(lines.get(0).split("\t"));
            Map<String, String> tasks = new TreeMap<>();
            for (String line : lines.subList(1, lines.size())) {
                String[] cells = line.split("\t");
                tasks.put(cells[columns.indexOf("name")], cells[columns.indexOf("status")]);
            }
            return tasks;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
