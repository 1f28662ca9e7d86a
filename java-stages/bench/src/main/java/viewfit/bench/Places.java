package viewfit.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the benchmarks find what is no class of theirs: {@code run} says where its own folder is, tests where the repository. */
final class Places {
    private Places() {}

    private static Path home() {
        String said = System.getenv("VIEWFIT_BENCH");
        return said != null ? Path.of(said) : Path.of(System.getProperty("viewfit.root", "."), "java-stages", "bench");
    }

    /** A Python program of the benchmarks. */
    static String python(String name) {
        return home().resolve(Path.of("src", "main", "python", name)).toString();
    }

    /** The launcher of stages. */
    static String stage() {
        return home().resolve(Path.of("..", "..", "bin", "stage")).normalize().toString();
    }

    /** The launcher of the pipeline. */
    static String launcher() {
        return home().resolve(Path.of("..", "..", "bin", "viewfit"))
                .toAbsolutePath()
                .normalize()
                .toString();
    }

    /** A folder of the repository's test data. */
    static Path testData(String name) {
        return home().resolve(Path.of("..", "..", "test-data", name))
                .toAbsolutePath()
                .normalize();
    }

    /** A folder that builds make and git does not see. */
    static Path target(String name) {
        return home().resolve("target").resolve(name);
    }

    /** Makes a folder for a benchmark, which must not find in it what an earlier one has left. */
    static Path fresh(Path folder) throws IOException {
        if (Files.exists(folder)) {
            throw new IllegalArgumentException(
                    folder + ": is there from an earlier benchmark: look at it and remove it");
        }
        return Files.createDirectories(folder);
    }

    /** The file of a stage's options of the JVM. */
    static Path stageOptions() {
        return home().resolve(Path.of("..", "..", "bin", "stage.options"));
    }

    /** A recipe of the repository, by its name without ending. */
    static Path recipe(String name) {
        return home().resolve(Path.of("..", "..", "params", "recipes", name + ".yml"));
    }
}
