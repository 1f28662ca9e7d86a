package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import viewfit.cli.Stage;
import viewfit.cli.StageMain;
import viewfit.core.contract.ExitCode;
import viewfit.core.data.Manifest;

/**
 * A disk that is full when an output is written. Without a right to mount anything: the file aside is a link to a device that is
 * always full, or the process may not write files longer than a limit, which the system tells in the middle of a file.
 */
@Timeout(300)
abstract class FullDisk {
    static final Path FULL = Path.of("/dev/full");
    static final Path IMAGES = Repository.ROOT.resolve("test-data/imagenette-mini");
    static final Path SPLIT = Repository.ROOT.resolve("test-data/snapshot/split");

    @TempDir
    Path folder;

    final StringWriter err = new StringWriter();

    @BeforeAll
    static void aFullDevice() {
        Assumptions.assumeTrue(Files.isWritable(FULL), "the system has no " + FULL);
    }

    int run(Supplier<Stage> stage, Path out, String... arguments) {
        err.getBuffer().setLength(0);
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--out", out.toString()));
        return StageMain.execute(
                stage.get(), new PrintWriter(new StringWriter()), new PrintWriter(err), all.toArray(String[]::new));
    }

    /** Runs the stage once for each output, which finds no space; what it says and leaves is looked at. */
    void full(Supplier<Stage> stage, List<String> outputs, String... arguments) throws IOException {
        for (String output : outputs) {
            Path out = folder.resolve("out-" + output.replace('/', '-'));
            Path target = out.resolve(output);
            Files.createDirectories(target.getParent());
            Path aside = Files.createSymbolicLink(target.resolveSibling(target.getFileName() + ".tmp"), FULL);
            assertEquals(ExitCode.IO.code(), run(stage, out, arguments), () -> output + ": " + err);
            List<String> lines = err.toString().lines().toList();
            assertTrue(
                    lines.get(lines.size() - 1)
                            .endsWith(target + ": No space left on device: the folder must be writable and have space"),
                    err::toString);
            assertEquals(1, lines.stream().filter(line -> line.contains(output)).count(), err::toString);
            assertFalse(Files.exists(target), output + " is there");
            assertFalse(Files.exists(aside, java.nio.file.LinkOption.NOFOLLOW_LINKS), output + " has a file aside");
            assertEquals(List.of(), halves(out));
        }
    }

    static List<Path> halves(Path out) {
        try (Stream<Path> files = Files.walk(out)) {
            return files.filter(file -> file.toString().endsWith(".tmp")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A recipe of seconds: eight images, two steps. */
    String[] training() throws IOException {
        Path recipe = folder.resolve("recipe.yml");
        String text = Repository.text("params/recipes/test-ours.yml");
        Files.writeString(
                recipe, text.replace("batch-size: 16", "batch-size: 4").replace("knn-images: 100", "knn-images: 8"));
        Manifest all = Manifest.read(SPLIT.resolve("labels-1pct.csv"));
        Path manifest = folder.resolve("eight.csv");
        new Manifest(all.rows().subList(0, 8), all.header()).write(manifest);
        return new String[] {
            "--recipe",
            recipe.toString(),
            "--manifest",
            manifest.toString(),
            "--images",
            IMAGES.toString(),
            "--device",
            "cpu",
            "--threads",
            "1",
            "--workers",
            "1"
        };
    }
}
