package viewfit.coco;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import viewfit.core.files.Hashes;

/**
 * Both files of an evaluation, read side by side.
 *
 * @param annotationsSha256 checksum of the file of annotations
 * @param resultsSha256 checksum of the file of results
 */
public record Inputs(Annotations annotations, Results results, String annotationsSha256, String resultsSha256) {
    /**
     * Reads both.
     *
     * @throws viewfit.core.contract.StageFailure with one line if one is not what it must be, that of the annotations first
     */
    public static Inputs read(Path annotations, Path results, IouType type, Rules rules, int threads) {
        AtomicReference<Annotations> truth = new AtomicReference<>();
        AtomicReference<Results> found = new AtomicReference<>();
        String[] checksums = new String[2];
        Parallel.forEach(2, threads, i -> {
            if (i == 0) {
                truth.set(Annotations.read(annotations, type, rules));
                checksums[0] = Hashes.sha256(annotations);
            } else {
                found.set(Results.read(results, type, rules));
                checksums[1] = Hashes.sha256(results);
            }
        });
        return new Inputs(
                Objects.requireNonNull(truth.get()), Objects.requireNonNull(found.get()), checksums[0], checksums[1]);
    }
}
