package viewfit.core.data;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.Hashes;
import viewfit.core.images.ImageFiles;

/**
 * Turns listed images into manifest rows: reads and checks each, side by side, and sorts out the damaged ones. Works in blocks
 * of one length in path order, so that a problem is told soon, and the same whatever the number of threads.
 */
final class Intake {
    /** Images of a block: many enough for many threads, few enough for an early end. */
    static final int BLOCK = 1024;

    /** Files longer than this are read one at a time: memory must not grow with the number of threads by much more. */
    private static final long LARGE_BYTES = 16L << 20;

    private final ImageFiles files;
    private final ImageCheck check;
    private final DamagePolicy policy;
    private final int all;
    private final Workers workers;
    private final ReentrantLock large = new ReentrantLock();
    private final List<Quarantine.Row> damaged = new ArrayList<>();
    private String first = "";

    /**
     * An intake of nothing yet.
     *
     * @param all images there will be, which the quota is a share of
     */
    Intake(ImageFiles files, ImageCheck check, DamagePolicy policy, int all, Workers workers) {
        this.files = files;
        this.check = check;
        this.policy = policy;
        this.all = all;
        this.workers = workers;
    }

    /** Images that can be used, and their sides in the same order. */
    record Taken(ManifestRows rows, List<ImageSize> sizes) {}

    private record Result(
            @Nullable ManifestRow row,
            @Nullable ImageSize size,
            Quarantine.@Nullable Row damaged,
            @Nullable StageFailure failure) {}

    /**
     * The images that can be used, in the order given.
     *
     * @throws StageFailure about the first image in this order that cannot be used, or that cannot be read; where damaged
     *     ones are skipped, as soon as there are more than the quota allows
     */
    Taken take(List<Listing.Entry> entries) {
        ManifestRows.Builder rows = new ManifestRows.Builder();
        ImageSizes sizes = new ImageSizes();
        for (int from = 0; from < entries.size(); from += BLOCK) {
            List<Listing.Entry> block = entries.subList(from, Math.min(entries.size(), from + BLOCK));
            for (Result result : workers.map(block, this::inTurn)) {
                if (result.failure() != null && (!policy.skips() || result.damaged() == null)) {
                    throw result.failure();
                }
                if (result.damaged() != null && result.failure() != null) {
                    first = damaged.isEmpty() ? String.valueOf(result.failure().getMessage()) : first;
                    damaged.add(result.damaged());
                }
                if (result.row() != null && result.size() != null) {
                    rows.add(result.row());
                    sizes.add(result.size());
                }
            }
            policy.require(damaged.size(), all, first);
        }
        return new Taken(rows.build(), sizes);
    }

    /** One image; a long file waits for other long files. */
    private Result inTurn(Listing.Entry entry) {
        if (files.length(entry.path()) <= LARGE_BYTES) {
            return take(entry.path(), entry.label());
        }
        large.lock();
        try {
            return take(entry.path(), entry.label());
        } finally {
            large.unlock();
        }
    }

    private Result take(String path, int label) {
        byte[] bytes = null;
        try {
            bytes = files.read(path);
            ImageSize size = check.check(bytes, files.name(path));
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
}
