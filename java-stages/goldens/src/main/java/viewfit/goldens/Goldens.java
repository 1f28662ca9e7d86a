package viewfit.goldens;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A folder of golden reference values. The repository root is given by the system property {@code viewfit.root}; without it the
 * folders above the working directory are searched for {@code test-data/goldens}.
 *
 * <p>Unit tests take their examples from the small copy in {@code test-data} ({@link #ssl}, {@link #coco}); the golden suite runs
 * every case of the set that it is given ({@link #given}).
 */
public final class Goldens {
    /** System property that names the set for the golden suite. */
    public static final String DIR = "golden.dir";

    /** System property with the folder that relative paths in {@link #DIR} start from; Maven sets it. */
    private static final String CALLED_FROM = "golden.called-from";

    private static final String MANIFEST = "manifest.json";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static @Nullable Goldens ssl;
    private static @Nullable Goldens coco;

    private final Path folder;
    private final Map<String, Npz> arrays = new ConcurrentHashMap<>();
    private @Nullable List<GoldenCase> cases;

    private Goldens(Path folder) {
        this.folder = folder;
    }

    /** The networks, methods, optimisers, image operations and probes. */
    public static synchronized Goldens ssl() {
        Goldens found = ssl;
        if (found == null) {
            found = new Goldens(testData("goldens").resolve("ssl"));
            ssl = found;
        }
        return found;
    }

    /** File formats, name maps, masks and the COCO metric. */
    public static synchronized Goldens coco() {
        Goldens found = coco;
        if (found == null) {
            found = new Goldens(testData("goldens").resolve("coco"));
            coco = found;
        }
        return found;
    }

    /**
     * The set that the golden suite runs: the folder in the system property {@link #DIR}; without it
     * {@code ../shared/golden/ssl} beside the repository if there is one, else the copy in {@code test-data}. A relative path
     * starts from the folder in which Maven was called; outside Maven from the repository root.
     *
     * @throws IllegalArgumentException if the folder is missing or has no cases
     */
    public static Goldens given() {
        String given = System.getProperty(DIR, "").strip();
        if (!given.isEmpty()) {
            String start = System.getProperty(CALLED_FROM, "");
            return at((start.isEmpty() ? root() : Path.of(start)).resolve(given).normalize());
        }
        Path beside = root().resolve("../shared/golden/ssl").normalize();
        return at(Files.isDirectory(beside) ? beside : testData("goldens").resolve("ssl"));
    }

    /**
     * A set in any folder.
     *
     * @throws IllegalArgumentException if the folder is missing or has no cases
     */
    public static Goldens at(Path folder) {
        Path manifest = folder.resolve(MANIFEST);
        if (!Files.isRegularFile(manifest)) {
            throw new IllegalArgumentException("golden set " + folder + ": found "
                    + (Files.isDirectory(folder) ? "no " + MANIFEST : "no such folder") + ": must be a folder with "
                    + MANIFEST + "; set it with -D" + DIR);
        }
        Goldens found = new Goldens(folder);
        if (found.cases().isEmpty()) {
            throw new IllegalArgumentException("golden set " + folder + ": found no cases: must list at least 1");
        }
        return found;
    }

    /** The device that golden cases are computed on: {@code -Dviewfit.device=cuda} takes a GPU. */
    public static String device() {
        return System.getProperty("viewfit.device", "cpu");
    }

    /**
     * A folder below {@code test-data}.
     *
     * @throws IllegalStateException if the repository root cannot be found
     */
    public static Path testData(String name) {
        return requireFolder(root().resolve("test-data").resolve(name));
    }

    private static Path root() {
        String given = System.getProperty("viewfit.root", "");
        Path start = Path.of(given).toAbsolutePath().normalize();
        if (!given.isEmpty()) {
            return start;
        }
        for (Path at = start; at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve("test-data").resolve("goldens"))) {
                return at;
            }
        }
        throw new IllegalStateException("no test-data/goldens in or above " + start + "; set -Dviewfit.root");
    }

    private static Path requireFolder(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new IllegalStateException(folder + ": no such folder; check -Dviewfit.root");
        }
        return folder;
    }

    /** Where the set is. */
    public Path folder() {
        return folder;
    }

    /** The manifest itself: recipes, checksums, cases. */
    public JsonNode manifest() {
        return json(MANIFEST);
    }

    /** A file of the set, for example {@code images/photo.png}. */
    public Path file(String name) {
        return folder.resolve(name);
    }

    /** A JSON file of the set. */
    public JsonNode json(String name) {
        try {
            return JSON.readTree(file(name).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(file(name) + ": cannot read", e);
        }
    }

    /** An npz file of the set; kept in memory after the first call. */
    public Npz npz(String name) {
        return arrays.computeIfAbsent(name, n -> Npz.read(file(n)));
    }

    /** All cases in manifest order. */
    public synchronized List<GoldenCase> cases() {
        List<GoldenCase> known = cases;
        if (known == null) {
            known = new ArrayList<>();
            for (JsonNode node : manifest().path("cases")) {
                known.add(new GoldenCase(this, node));
            }
            cases = known;
        }
        return List.copyOf(known);
    }

    /**
     * The cases of one type, never empty: a misspelt type must not turn a test into nothing.
     *
     * @throws IllegalArgumentException if there is none
     */
    public List<GoldenCase> cases(String type) {
        List<GoldenCase> found =
                cases().stream().filter(c -> c.type().equals(type)).toList();
        if (found.isEmpty()) {
            throw new IllegalArgumentException("no golden case of type " + type);
        }
        return found;
    }

    /** The case with this id. */
    public GoldenCase byId(String id) {
        return cases().stream()
                .filter(c -> c.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no golden case with id " + id));
    }
}
