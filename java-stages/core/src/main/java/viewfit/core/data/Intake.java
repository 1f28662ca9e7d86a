package viewfit.core.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.Hashes;

/** Turns listed images into manifest rows: reads and checks each, in parallel, and sorts out the damaged ones. */
final class Intake {
    private final Function<String, byte[]> read;
    private final Function<String, String> name;
    private final ImageCheck check;
    private final boolean skip;
    private final List<Quarantine.Row> damaged = new ArrayList<>();
    private final Map<String, ImageSize> sizes = new HashMap<>();
    private String first = "";

    /**
     * An intake of nothing yet.
     *
     * @param read gives the bytes of an image, by its path in the manifest
     * @param name what messages call an image
     */
    Intake(Function<String, byte[]> read, Function<String, String> name, ImageCheck check, boolean skip) {
        this.read = read;
        this.name = name;
        this.check = check;
        this.skip = skip;
    }

    private record Result(
            @Nullable ManifestRow row,
            @Nullable ImageSize size,
            Quarantine.@Nullable Row damaged,
            @Nullable StageFailure failure) {}

    /**
     * The rows of the images that can be used, in the order given.
     *
     * @param paths of the images
     * @param labels their classes
     * @throws StageFailure about the first image in this order that cannot be used, or that cannot be read
     */
    List<ManifestRow> rows(List<String> paths, List<Integer> labels) {
        // Any order of work gives the same lists; the first bad file in path order is the one that is named.
        List<Result> results = IntStream.range(0, paths.size())
                .parallel()
                .mapToObj(i -> take(paths.get(i), labels.get(i)))
                .toList();
        List<ManifestRow> rows = new ArrayList<>();
        for (Result result : results) {
            if (result.failure() != null && (!skip || result.damaged() == null)) {
                throw result.failure();
            }
            if (result.damaged() != null && result.failure() != null) {
                first = damaged.isEmpty() ? String.valueOf(result.failure().getMessage()) : first;
                damaged.add(result.damaged());
            }
            if (result.row() != null && result.size() != null) {
                rows.add(result.row());
                sizes.put(result.row().path(), result.size());
            }
        }
        return rows;
    }

    private Result take(String path, int label) {
        byte[] bytes = null;
        try {
            bytes = read.apply(path);
            ImageSize size = check.check(bytes, name.apply(path));
            return new Result(new ManifestRow(path, label, bytes.length, Hashes.sha256(bytes)), size, null, null);
        } catch (StageFailure e) {
            Verdict verdict = Verdict.of(e);
            return new Result(null, null, verdict == null ? null : verdict.row(path, bytes), e);
        }
    }

    /** The images that were left out so far. */
    List<Quarantine.Row> damaged() {
        return damaged;
    }

    /** What was found about the first of them. */
    String first() {
        return first;
    }

    /** Sides of the images that can be used, by path. */
    Map<String, ImageSize> sizes() {
        return sizes;
    }
}
