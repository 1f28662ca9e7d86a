package viewfit.views;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import viewfit.core.data.ManifestRow;

/**
 * The pictures of a manifest, by row number. Decoded pictures are kept as long as they fit the byte budget, so that a small
 * data set is decoded once per run. Safe for use by many threads; loaders may share one.
 */
public final class ImageStore {
    private final Path root;
    private final List<ManifestRow> rows;
    private final long cacheBytes;
    private final AtomicReferenceArray<Pixels> cache;
    private final AtomicLong cached = new AtomicLong();

    /**
     * A store; nothing is read yet.
     *
     * @param root folder the manifest paths are relative to
     * @param rows the manifest
     * @param cacheBytes bytes of decoded pictures to keep, 0 for none
     */
    public ImageStore(Path root, List<ManifestRow> rows, long cacheBytes) {
        this.root = root;
        this.rows = List.copyOf(rows);
        this.cacheBytes = cacheBytes;
        this.cache = new AtomicReferenceArray<>(cacheBytes > 0 ? rows.size() : 0);
    }

    /** Number of pictures. */
    public int size() {
        return rows.size();
    }

    /** Manifest row of a picture. */
    public ManifestRow row(int index) {
        return rows.get(index);
    }

    /** Bytes of decoded pictures that are kept now. */
    public long cachedBytes() {
        return cached.get();
    }

    /**
     * Gets a picture, which must not be changed.
     *
     * @param scratch used for the picture if it is not kept
     * @throws viewfit.core.contract.StageFailure if the file is missing or damaged
     */
    Pixels get(int index, ImageDecoder decoder, Pixels scratch) {
        if (cacheBytes > 0) {
            Pixels kept = cache.get(index);
            if (kept != null) {
                return kept;
            }
        }
        decoder.decode(root.resolve(rows.get(index).path()), scratch);
        if (cacheBytes > 0 && reserve(scratch.byteCount())) {
            Pixels copy = scratch.copy();
            if (!cache.compareAndSet(index, null, copy)) {
                cached.addAndGet(-copy.byteCount());
            }
        }
        return scratch;
    }

    /**
     * The file of a picture.
     *
     * @throws viewfit.core.contract.StageFailure if it is missing or cannot be read
     */
    byte[] bytes(int index) {
        return ImageDecoder.read(root.resolve(rows.get(index).path()));
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
