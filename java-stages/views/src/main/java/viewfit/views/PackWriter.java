package viewfit.views;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.ByteOrder;
import viewfit.core.data.ImageSize;
import viewfit.core.data.ManifestRow;
import viewfit.core.data.ManifestRows;
import viewfit.core.files.AtomicFiles;
import viewfit.core.files.Hashes;
import viewfit.core.images.ImageFiles;

/**
 * Writes a pack. Records are made by several threads and written by one in byte-wise path order, so that the number of threads
 * changes no byte. {@code pack.json} comes last, after everything else is on the disk; what ends before that leaves no pack.
 */
public final class PackWriter {
    private static final int NO_SIDE = 0;

    /** Of the heap, for records that are made and not written yet; and for one more, whatever its length. */
    private static final int BUDGET_SHARE = 4;

    /** Bytes of a picture above which no buffers are kept for the next one. */
    private static final int LARGE = 48 << 20;

    private final Path folder;
    private final ImageFiles files;
    private final Options options;
    private final List<PackInfo.Shard> shards = new ArrayList<>();

    private @Nullable FileChannel channel;
    private MessageDigest digest = Hashes.digest();
    private long position;

    /**
     * How to pack.
     *
     * @param store what a record is
     * @param shortSide length in pixels that larger pictures' short sides are shrunk to, or 0; for {@code PIXELS} alone
     * @param shardBytes length a shard is closed before; a record that is longer has a shard of its own
     * @param threads that read and decode, at least 1
     */
    public record Options(PackInfo.Store store, int shortSide, long shardBytes, int threads) {
        public Options {
            if (shortSide < 0 || shardBytes < 1 || threads < 1) {
                throw new IllegalArgumentException("pack: short side " + shortSide + ", shard bytes " + shardBytes
                        + ", threads " + threads + ": at least 0, 1 and 1");
            }
            if (shortSide > 0 && store != PackInfo.Store.PIXELS) {
                throw new IllegalArgumentException("pack: a short side: for pixels alone");
            }
        }
    }

    /** A record before it is written. */
    private static final class Made {
        final byte[] bytes;
        final int length;
        final int width;
        final int height;
        final int crc;

        Made(byte[] bytes, int length, int width, int height) {
            this.bytes = bytes;
            this.length = length;
            this.width = width;
            this.height = height;
            CRC32C sum = new CRC32C();
            sum.update(bytes, 0, length);
            this.crc = (int) sum.getValue();
        }
    }

    private PackWriter(Path folder, ImageFiles files, Options options) {
        this.folder = folder;
        this.files = files;
        this.options = options;
    }

    /**
     * Packs images.
     *
     * @param folder the pack; an earlier one in it is replaced
     * @param images what {@code --images} names
     * @param rows the images; one that occurs again is packed once
     * @param manifests where the rows are from, for the record
     * @return what {@code pack.json} holds
     * @throws StageFailure NO_INPUT for a missing image, BAD_DATA for none at all, for one that is not the manifest's or is
     *     damaged, IO if the disk is full
     */
    public static PackInfo write(
            Path folder, Path images, List<ManifestRow> rows, List<PackInfo.Source> manifests, Options options) {
        ManifestRows distinct = distinct(rows);
        PackWriter writer = new PackWriter(folder, ImageFiles.of(images), options);
        try {
            writer.clear();
            PackIndex.Entry[] entries = writer.records(distinct);
            writer.closeShard();
            writer.index(distinct, entries);
            return PackInfo.of(folder, options, distinct.size(), writer.shards, manifests);
        } catch (IOException e) {
            writer.discard(e);
            throw AtomicFiles.failure(folder, e);
        } catch (RuntimeException e) {
            writer.discard(e);
            throw e;
        }
    }

    private static ManifestRows distinct(List<ManifestRow> rows) {
        // Places are sorted and not rows, whose objects would take several times the bytes.
        List<Integer> places =
                new ArrayList<>(IntStream.range(0, rows.size()).boxed().toList());
        places.sort(Comparator.comparing(place -> rows.get(place).path(), ByteOrder.TEXT));
        ManifestRows.Builder distinct = new ManifestRows.Builder();
        ManifestRow last = null;
        for (int place : places) {
            ManifestRow row = rows.get(place);
            if (last == null || !last.path().equals(row.path())) {
                distinct.add(row);
                last = row;
            } else if (!last.sha256().equals(row.sha256())) {
                throw new StageFailure(
                        ExitCode.BAD_DATA,
                        row.path() + ": found two checksums in the manifests: must be those of one split");
            }
        }
        if (distinct.size() == 0) {
            throw new StageFailure(ExitCode.BAD_DATA, "--manifest: found no images in any: must be at least one image");
        }
        return distinct.build();
    }

    /** An earlier pack goes, its {@code pack.json} first. */
    private void clear() throws IOException {
        Files.deleteIfExists(folder.resolve(Pack.INFO));
        Files.deleteIfExists(folder.resolve(Pack.INDEX));
        Files.deleteIfExists(folder.resolve(Pack.NAMES));
        Path shardFolder = Files.createDirectories(folder.resolve(Pack.SHARDS));
        try (Stream<Path> old = Files.list(shardFolder)) {
            for (Path file : old.filter(f -> AtomicFiles.name(f).matches("shard-[0-9]+\\.bin"))
                    .toList()) {
                Files.delete(file);
            }
        }
    }

    private void discard(Exception reason) {
        try {
            if (channel != null) {
                channel.close();
            }
            clear();
            Files.deleteIfExists(folder.resolve(Pack.SHARDS));
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    /** Makes all records, a few ahead of the one that is written, and writes them in order. */
    private PackIndex.Entry[] records(ManifestRows rows) throws IOException {
        PackIndex.Entry[] entries = new PackIndex.Entry[rows.size()];
        Queue<Press> idle = new ConcurrentLinkedQueue<>();
        ExecutorService workers = Executors.newFixedThreadPool(options.threads());
        Deque<Future<Made>> ahead = new ArrayDeque<>();
        TurnBudget budget = new TurnBudget(Runtime.getRuntime().maxMemory() / BUDGET_SHARE);
        long[] held = new long[entries.length];
        try {
            int next = 0;
            for (int i = 0; i < entries.length; i++) {
                for (; next < entries.length && ahead.size() < 2 * options.threads(); next++) {
                    int number = next;
                    ManifestRow row = rows.get(next);
                    ahead.add(workers.submit(() -> {
                        Press press = idle.poll();
                        Press used = press == null ? new Press() : press;
                        Made made = used.make(row, bytes -> {
                            budget.take(number, bytes);
                            held[number] += bytes;
                        });
                        if (used.pixels.byteCount() > LARGE) {
                            used.decoder.close();
                        } else {
                            idle.add(used);
                        }
                        return made;
                    }));
                }
                entries[i] = append(take(ahead.remove()));
                budget.next(held[i]);
            }
            return entries;
        } finally {
            workers.shutdownNow();
            idle.forEach(press -> press.decoder.close());
        }
    }

    private static Made take(Future<Made> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("pack: interrupted", e);
        }
    }

    /** Where a record asks for room. */
    private interface Room {
        void take(long bytes) throws InterruptedException;
    }

    /** What one thread needs to make records. */
    private final class Press {
        private final ImageDecoder decoder = new ImageDecoder();
        private final Resampler resampler = new Resampler();
        private final Pixels pixels = new Pixels();
        private final Canvas canvas = new Canvas();

        Made make(ManifestRow row, Room room) throws InterruptedException {
            room.take(row.bytes());
            byte[] bytes = files.read(row.path());
            if (!Hashes.sha256(bytes).equals(row.sha256())) {
                throw new StageFailure(
                        ExitCode.BAD_DATA,
                        files.name(row.path()) + ": found another file than the manifest's: must be split anew");
            }
            if (options.store() == PackInfo.Store.ORIGINAL) {
                return new Made(bytes, bytes.length, 0, 0);
            }
            ImageSize size = decoder.check(bytes, files.name(row.path()));
            room.take(3L * size.width() * size.height());
            decoder.decode(bytes, files.name(row.path()), pixels);
            int width = pixels.width();
            int height = pixels.height();
            int side = options.shortSide();
            if (side == NO_SIDE || Math.min(width, height) <= side) {
                boolean large = pixels.byteCount() > LARGE;
                byte[] kept = large ? pixels.data() : Arrays.copyOf(pixels.data(), pixels.byteCount());
                return new Made(kept, pixels.byteCount(), width, height);
            }
            int newWidth = EvalGeometry.resizedWidth(width, height, side);
            int newHeight = EvalGeometry.resizedHeight(width, height, side);
            byte[] out = new byte[3 * newWidth * newHeight];
            resampler.resize(pixels, Crop.whole(width, height), newWidth, newHeight, Filter.BICUBIC, false, canvas);
            canvas.store(out);
            return new Made(out, out.length, newWidth, newHeight);
        }
    }

    private PackIndex.Entry append(Made made) throws IOException {
        if (channel != null && position + made.length > options.shardBytes()) {
            closeShard();
        }
        FileChannel open = channel;
        if (open == null) {
            open = FileChannel.open(
                    folder.resolve(Pack.SHARDS).resolve(Pack.shardName(shards.size())),
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE);
            channel = open;
            digest = Hashes.digest();
            position = 0;
        }
        ByteBuffer bytes = ByteBuffer.wrap(made.bytes, 0, made.length);
        while (bytes.hasRemaining()) {
            open.write(bytes);
        }
        digest.update(made.bytes, 0, made.length);
        PackIndex.Entry entry =
                new PackIndex.Entry(shards.size(), position, made.length, made.width, made.height, made.crc);
        position += made.length;
        return entry;
    }

    private void closeShard() throws IOException {
        FileChannel open = channel;
        if (open != null) {
            open.force(true);
            open.close();
            channel = null;
            String file = Pack.SHARDS + "/" + Pack.shardName(shards.size());
            shards.add(new PackInfo.Shard(file, position, HexFormat.of().formatHex(digest.digest())));
        }
    }

    private void index(ManifestRows rows, PackIndex.Entry[] entries) {
        long[] hashes = new long[entries.length];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = PackIndex.hash(rows.get(i).path().getBytes(StandardCharsets.UTF_8));
        }
        Integer[] order = new Integer[entries.length];
        Arrays.setAll(order, i -> i);
        // Rows are in the order of their paths, and the sort is stable.
        Arrays.sort(order, Comparator.comparing(i -> hashes[i], Long::compareUnsigned));
        AtomicFiles.write(folder.resolve(Pack.NAMES), out -> {
            for (int i : order) {
                out.write(rows.get(i).path().getBytes(StandardCharsets.UTF_8));
            }
        });
        AtomicFiles.write(folder.resolve(Pack.INDEX), out -> {
            out.write(PackIndex.head(entries.length));
            long start = 0;
            for (int i : order) {
                ManifestRow row = rows.get(i);
                int length = row.path().getBytes(StandardCharsets.UTF_8).length;
                byte[] sha256 = HexFormat.of().parseHex(row.sha256().toLowerCase(Locale.ROOT));
                out.write(PackIndex.bytes(hashes[i], start, length, entries[i], sha256));
                start += length;
            }
        });
    }
}
