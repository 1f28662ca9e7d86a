package viewfit.bench;

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

    /** The file of a stage's options of the JVM. */
    static Path stageOptions() {
        return home().resolve(Path.of("..", "..", "bin", "stage.options"));
    }

    /** A recipe of the repository, by its name without ending. */
    static Path recipe(String name) {
        return home().resolve(Path.of("..", "..", "params", "recipes", name + ".yml"));
    }
}
