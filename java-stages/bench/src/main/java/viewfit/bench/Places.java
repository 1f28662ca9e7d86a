package viewfit.bench;

import java.nio.file.Path;

/** Where the benchmarks find what is no class of theirs; {@code run} says where its own folder is. */
final class Places {
    private Places() {}

    private static Path home() {
        return Path.of(System.getenv().getOrDefault("VIEWFIT_BENCH", "java-stages/bench"));
    }

    /** A Python program of the benchmarks. */
    static String python(String name) {
        return home().resolve(Path.of("src", "main", "python", name)).toString();
    }

    /** A recipe of the repository, by its name without ending. */
    static Path recipe(String name) {
        return home().resolve(Path.of("..", "..", "params", "recipes", name + ".yml"));
    }
}
