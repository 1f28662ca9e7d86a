package viewfit.views;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.DamagePolicy;
import viewfit.core.data.ManifestRow;
import viewfit.core.data.ManifestRows;
import viewfit.core.files.Hashes;

/**
 * The pictures of a manifest, by row number, from files, tar or HDF5 files, or a pack. Decoded pictures are kept as long as they
 * fit the byte budget, so that a small data set is decoded once per run; those of a pack of pixels are decoded already. Safe for
 * use by many threads; loaders may share one.
 */
public final class ImageStore {
    private final PixelSource source;
    private final ManifestRows rows;
    private final long cacheBytes;
    private final AtomicReferenceArray<Pixels> cache;
    private final AtomicLong cached = new AtomicLong();

    /**
     * A store; no picture is read yet.
     *
     * @param images where the pictures are; several manifests may share it
     * @param rows the manifest
     * @param cacheBytes bytes of decoded pictures to keep, 0 for none
     * @throws StageFailure NO_INPUT if a container of the manifest is missing, BAD_DATA if the pack is not
     *     one of these images
     */
    public ImageStore(Images images, List<ManifestRow> rows, long cacheBytes) {
        this.rows = ManifestRows.of(rows);
        this.source = images.of(this.rows);
        this.cacheBytes = source.decoded() ? 0 : cacheBytes;
        this.cache = new AtomicReferenceArray<>(this.cacheBytes > 0 ? rows.size() : 0);
    }

    /** The store of a single manifest. */
    public ImageStore(Path images, List<ManifestRow> rows, long cacheBytes) {
        this(Images.open(images), rows, cacheBytes);
    }

    /** Number of pictures. */
    public int size() {
        return rows.size();
    }

    /** Manifest row of a picture. */
    public ManifestRow row(int index) {
        return rows.get(index);
    }

    /**
     * Whether the file, member or record of a picture is there.
     *
     * @throws StageFailure BAD_DATA if its container is broken
     */
    public boolean has(int index) {
        return source.has(index);
    }

    /**
     * Requires all pictures to be there, without reading them: missing ones are found now, not after hours.
     *
     * @param policy whether some may be missing
     * @throws StageFailure NO_INPUT for a missing one, or BAD_DATA for more of them than the quota allows
     */
    public void requireAll(DamagePolicy policy) {
        int[] missing =
                IntStream.range(0, size()).parallel().filter(i -> !has(i)).toArray();
        if (missing.length == 0) {
            return;
        }
        String first = name(missing[0]) + ": no such file: the manifest lists it";
        if (!policy.skips()) {
            throw new StageFailure(ExitCode.NO_INPUT, first);
        }
        policy.require(missing.length, size(), first);
    }

    /**
     * Reads all pictures that are not known to be those of the manifest, and compares their checksums.
     *
     * @throws StageFailure BAD_DATA naming one that differs; as {@link #bytes}
     */
    public void requireContent() {
        if (source.checked()) {
            return;
        }
        IntStream.range(0, size()).parallel().forEach(i -> {
            String found = Hashes.sha256(bytes(i));
            if (!found.equals(row(i).sha256())) {
                throw new StageFailure(
                        ExitCode.BAD_DATA,
                        name(i) + ": found content with sha256 " + found + ": must be " + row(i).sha256()
                                + ", as the manifest has it");
            }
        });
    }

    /** What messages call a picture. */
    public String name(int index) {
        return source.name(index);
    }

    /** Bytes of decoded pictures that are kept now. */
    public long cachedBytes() {
        return cached.get();
    }

    /**
     * Gets a picture, which must not be changed.
     *
     * @param scratch used for the picture if it is not kept
     * @throws StageFailure if the file is missing or damaged
     */
    Pixels get(int index, ImageDecoder decoder, Pixels scratch) {
        if (cacheBytes > 0) {
            Pixels kept = cache.get(index);
            if (kept != null) {
                return kept;
            }
        }
        source.load(index, decoder, scratch);
        if (cacheBytes > 0 && reserve(scratch.byteCount())) {
            Pixels copy = scratch.copy();
            if (!cache.compareAndSet(index, null, copy)) {
                cached.addAndGet(-copy.byteCount());
            }
        }
        return scratch;
    }

    /**
     * The file of a picture, or its record in a pack.
     *
     * @throws viewfit.core.contract.StageFailure if it is missing or cannot be read
     */
    byte[] bytes(int index) {
        return source.bytes(index);
    }

    private boolean reserve(long bytes) {
        while (true) {
            long now = cached.get();
            if (now + bytes > cacheBytes) {
                return false;
            }
            if (cached.compareAndSet(now, now + bytes)) {
                return true;
            }
        }
    }
}
