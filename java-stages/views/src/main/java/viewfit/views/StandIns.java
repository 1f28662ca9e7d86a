package viewfit.views;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.DamagePolicy;
import viewfit.core.data.ManifestRow;
import viewfit.core.data.Quarantine;
import viewfit.core.data.Verdict;
import viewfit.core.random.SeedTree;

/**
 * Pictures for training where some are damaged. In the place of a damaged picture stands another of the manifest, drawn by
 * the address (seed, "replace", epoch, row, attempt): in every epoch another one, the same for any number of threads, any
 * batch size, and after a resume. Its views are drawn at the address of the picture it stands in for, so they are not those
 * it has in its own place. A missing file counts as damaged; a file that cannot be read does not: a failing disk is no
 * property of a picture.
 *
 * <p>Workers pick; the consumer counts what its batches met, in batch order, so that the quota ends every run at the same
 * step.
 */
public final class StandIns {
    /** Damaged pictures in a row after which nothing stands in any more; only a data set of damaged pictures has so many. */
    private static final int MOST_ATTEMPTS = 1000;

    private final ImageStore images;
    private final DamagePolicy policy;
    private final SeedTree seeds;

    /** Found by workers, perhaps for a batch that is never delivered. */
    private final Map<Integer, StageFailure> found = new ConcurrentHashMap<>();

    /** Rows that delivered batches met, in that order. */
    private final Set<Integer> counted = new LinkedHashSet<>();

    private String first = "";

    /**
     * For one run.
     *
     * @param images the training images
     * @param policy whether others stand in at all, and for how many
     * @param seed of the run
     */
    public StandIns(ImageStore images, DamagePolicy policy, long seed) {
        this.images = images;
        this.policy = policy;
        this.seeds = SeedTree.root(seed).at("replace");
    }

    /**
     * A picture for a place.
     *
     * @param image its row: the one asked for, or the one that stands in
     * @param damaged rows that were tried before and are damaged, in the order of the attempts
     */
    record Pick(int image, Pixels picture, List<Integer> damaged) {}

    ImageStore images() {
        return images;
    }

    /**
     * The picture of a row, or the one that stands in for it.
     *
     * @throws StageFailure if it is damaged and the policy is to fail, or if it cannot be read
     */
    Pick pick(int image, long epoch, ImageDecoder decoder, Pixels scratch) {
        List<Integer> damaged = new ArrayList<>(0);
        int candidate = image;
        while (true) {
            StageFailure failure = found.get(candidate);
            if (failure == null) {
                try {
                    Pixels picture = images.get(candidate, decoder, scratch);
                    return new Pick(candidate, picture, damaged);
                } catch (StageFailure e) {
                    if (!policy.skips() || Verdict.of(e) == null) {
                        throw e;
                    }
                    found.put(candidate, e);
                    failure = e;
                }
            }
            if (damaged.size() == MOST_ATTEMPTS) {
                throw failure;
            }
            long attempt = damaged.size();
            damaged.add(candidate);
            candidate = seeds.at(epoch, image, attempt).stream().nextInt(images.size());
        }
    }

    /** Whether damaged pictures are done without. */
    public boolean skips() {
        return policy.skips();
    }

    /**
     * Counts a damaged picture that was met elsewhere and left out there.
     *
     * @throws StageFailure BAD_DATA if there are now more than the quota allows
     */
    public void count(int row, StageFailure failure) {
        found.putIfAbsent(row, failure);
        count(row);
    }

    /**
     * Counts the damaged pictures of a batch.
     *
     * @throws StageFailure BAD_DATA if there are now more than the quota allows
     */
    void count(MultiCropBatch batch) {
        for (int position = 0; position < batch.size(); position++) {
            count(batch.damaged(position));
        }
    }

    /** Counts damaged pictures, as {@link #count(MultiCropBatch)}. */
    void count(List<Integer> damaged) {
        damaged.forEach(this::count);
    }

    private void count(int row) {
        if (counted.add(row)) {
            first = counted.size() == 1 ? message(row) : first;
            policy.require(counted.size(), images.size(), first);
        }
    }

    private String message(int row) {
        StageFailure failure = found.get(row);
        return failure == null ? images.row(row).path() : String.valueOf(failure.getMessage());
    }

    /** What was found about the first damaged picture that was met; empty if there was none. */
    public String first() {
        return first;
    }

    /** How many damaged pictures were met so far. */
    public int damaged() {
        return counted.size();
    }

    /** Rows of the damaged pictures that were met so far, in the order they were met. */
    public List<Integer> met() {
        return List.copyOf(counted);
    }

    /**
     * Goes on behind {@link #met} of an earlier process.
     *
     * @throws StageFailure BAD_DATA if one of them is no longer damaged, the run would not be the same, or if it had to fail then
     */
    public void resume(List<Integer> rows) {
        if (!policy.skips() && !rows.isEmpty()) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    images.row(rows.get(0)).path() + ": found damaged, and this run has gone on without it: must be"
                            + " --on-damaged skip as before; give an empty --checkpoint-dir to begin anew");
        }
        try (Workbench bench = new Workbench()) {
            for (int row : rows) {
                StageFailure failure = damage(row, bench);
                if (failure == null) {
                    throw new StageFailure(
                            ExitCode.BAD_DATA,
                            images.row(row).path()
                                    + ": found whole: must be damaged as it was when this run began; begin"
                                    + " anew to train on it");
                }
                count(row, failure);
            }
        }
    }

    private @Nullable StageFailure damage(int row, Workbench bench) {
        try {
            images.get(row, bench.decoder, bench.scratch);
            return null;
        } catch (StageFailure e) {
            if (Verdict.of(e) == null) {
                throw e;
            }
            return e;
        }
    }

    /** The damaged pictures that were met so far. Reads their files. */
    public Quarantine quarantine() {
        return new Quarantine(counted.stream().map(this::row).toList());
    }

    private Quarantine.Row row(int index) {
        ManifestRow row = images.row(index);
        StageFailure failure = found.get(index);
        Verdict verdict = failure == null ? null : Verdict.of(failure);
        if (verdict == null) {
            throw new IllegalStateException(row.path() + ": counted, but not found damaged");
        }
        return verdict.row(row.path(), readable(index));
    }

    private byte @Nullable [] readable(int index) {
        try {
            return images.bytes(index);
        } catch (StageFailure e) {
            return null;
        }
    }
}
