package viewfit.core.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.Hashes;
import viewfit.core.images.FileTooLarge;

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
        byte[] bytes = new byte[0];
        try {
            bytes = read.apply(path);
            ImageSize size = check.check(bytes, name.apply(path));
            return new Result(new ManifestRow(path, label, bytes.length, Hashes.sha256(bytes)), size, null, null);
        } catch (DamagedImage e) {
            String sha256 = Hashes.sha256(bytes);
            String word = e.reason().word();
            return new Result(null, null, new Quarantine.Row(path, word, e.found(), bytes.length, sha256), e);
        } catch (FileTooLarge e) {
            String large = Damage.TOO_LARGE.word();
            return new Result(null, null, new Quarantine.Row(path, large, "too many bytes", 0, ""), e);
        } catch (StageFailure e) {
            String missing = Damage.MISSING.word();
            Quarantine.Row row =
                    e.exitCode() == ExitCode.NO_INPUT ? new Quarantine.Row(path, missing, "no such file", 0, "") : null;
            return new Result(null, null, row, e);
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
