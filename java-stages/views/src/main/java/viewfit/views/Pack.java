package viewfit.views;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;
import viewfit.core.files.Hashes;
import viewfit.core.files.MappedBytes;

/**
 * A packed data set: the images of some manifests in a few large files, memory-mapped, found by manifest path. The heap it takes
 * does not depend on the number of images. A cache: it can be checked ({@link PackCheck}) and made anew ({@link PackWriter}).
 * Safe for use by many threads, without a lock.
 *
 * <p>Opening checks {@code pack.json}, the index and the lengths of the shards; every read checks its record.
 */
public final class Pack {
    /** Schema of {@code index.bin}. */
    public static final String INDEX_SCHEMA = "pack-index/1";

    /** Schema of {@code names.bin}: paths in UTF-8, one after the other. */
    public static final String NAMES_SCHEMA = "pack-names/1";

    static final String INFO = "pack.json";
    static final String INDEX = "index.bin";
    static final String NAMES = "names.bin";
    static final String SHARDS = "shards";

    private static final String ANEW = "must be packed anew";

    private final Path folder;
    private final PackInfo info;
    private final PackIndex index;
    private final List<MappedBytes> shards;

    private Pack(Path folder, PackInfo info, PackIndex index, List<MappedBytes> shards) {
        this.folder = folder;
        this.info = info;
        this.index = index;
        this.shards = shards;
    }

    /** Whether the folder is a pack, or one that was not finished. */
    public static boolean at(Path folder) {
        return Files.isRegularFile(folder.resolve(INFO))
                || Files.isRegularFile(folder.resolve(SHARDS).resolve(shardName(0)));
    }

    static String shardName(int number) {
        return String.format(java.util.Locale.ROOT, "shard-%05d.bin", number);
    }

    /**
     * Opens a pack.
     *
     * @throws StageFailure NO_INPUT without the folder or one of its files, BAD_DATA if it was not finished or was changed
     */
    public static Pack open(Path folder) {
        Path json = folder.resolve(INFO);
        if (!Files.isRegularFile(json)) {
            boolean begun = at(folder);
            throw new StageFailure(
                    begun ? ExitCode.BAD_DATA : ExitCode.NO_INPUT,
                    folder + ": found "
                            + (begun ? "a pack that was not finished: " + ANEW : "no pack.json: must be a pack"));
        }
        PackInfo info = PackInfo.read(json);
        MappedBytes entries = map(folder.resolve(INDEX), info.indexSha256());
        MappedBytes names = map(folder.resolve(NAMES), info.namesSha256());
        int count = count(folder.resolve(INDEX), entries);
        if (count != info.images()) {
            throw bad(folder.resolve(INDEX), count + " entries", "must be " + info.images());
        }
        List<MappedBytes> shards = new ArrayList<>();
        for (PackInfo.Shard shard : info.shards()) {
            MappedBytes bytes = map(folder.resolve(shard.file()));
            if (bytes.size() != shard.bytes()) {
                throw bad(folder.resolve(shard.file()), bytes.size() + " of " + shard.bytes() + " bytes", ANEW);
            }
            shards.add(bytes);
        }
        return new Pack(folder, info, new PackIndex(entries, names, count), shards);
    }

    /** Writes the smallest pack, of no images. */
    public static void stub(Path folder) {
        AtomicFiles.writeBytes(folder.resolve(INDEX), PackIndex.head(0));
        AtomicFiles.writeBytes(folder.resolve(NAMES), new byte[0]);
        PackInfo.of(folder, new PackWriter.Options(PackInfo.Store.ORIGINAL, 0, 1, 1), 0, List.of(), List.of());
    }

    private static int count(Path file, MappedBytes entries) {
        long count = (entries.size() - PackIndex.HEAD) / PackIndex.ENTRY;
        byte[] head = new byte[PackIndex.HEAD];
        if (entries.size() >= head.length) {
            entries.copy(0, head, 0, head.length);
        }
        if (count < 0
                || count > Integer.MAX_VALUE
                || PackIndex.HEAD + count * PackIndex.ENTRY != entries.size()
                || !Arrays.equals(head, PackIndex.head((int) count))) {
            throw bad(file, "no index of this version of Viewfit", ANEW);
        }
        return (int) count;
    }

    private static MappedBytes map(Path file, String sha256) {
        MappedBytes bytes = map(file);
        if (!Hashes.sha256(file).equals(sha256)) {
            throw bad(file, "another checksum than that in " + INFO, ANEW);
        }
        return bytes;
    }

    private static MappedBytes map(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new StageFailure(ExitCode.NO_INPUT, file + ": no such file: the pack " + ANEW);
        }
        try {
            return MappedBytes.open(file);
        } catch (IOException e) {
            throw new StageFailure(ExitCode.IO, file + ": " + AtomicFiles.reason(e) + ": must be readable", e);
        }
    }

    private static StageFailure bad(Path file, String found, String allowed) {
        return new StageFailure(ExitCode.BAD_DATA, file + ": found " + found + ": " + allowed);
    }

    /** Where it lies. */
    public Path folder() {
        return folder;
    }

    /** What {@code pack.json} says. */
    public PackInfo info() {
        return info;
    }

    PackIndex index() {
        return index;
    }

    /**
     * Copies a record, if it lies where the index says and is what was written.
     *
     * @param into receives {@code entry.bytes()} bytes; what they are is open if the answer is no
     * @throws StageFailure IO if the shard cannot be read
     */
    boolean read(PackIndex.Entry entry, byte[] into) {
        if (!holds(entry)) {
            return false;
        }
        shards.get(entry.shard()).copy(entry.position(), into, 0, entry.bytes());
        CRC32C crc = new CRC32C();
        crc.update(into, 0, entry.bytes());
        return (int) crc.getValue() == entry.crc();
    }

    /** Whether there is a place such as the index says. */
    boolean holds(PackIndex.Entry entry) {
        return entry.shard() >= 0
                && entry.shard() < shards.size()
                && shards.get(entry.shard()).holds(entry.position(), entry.bytes());
    }

    /**
     * Gets the picture of a record.
     *
     * @param name what messages call it
     * @param decoder used for a record that is an image file
     * @param into receives the picture
     * @throws StageFailure BAD_DATA if the record was changed or its image file is no picture
     */
    void load(int number, String name, ImageDecoder decoder, Pixels into) {
        if (info.store() == PackInfo.Store.PIXELS) {
            PackIndex.Entry entry = index.get(number);
            boolean fits = entry.width() > 0 && entry.bytes() == 3L * entry.width() * entry.height();
            if (!fits) {
                throw damaged(name);
            }
            into.reshape(entry.width(), entry.height());
            if (!read(entry, into.data())) {
                throw damaged(name);
            }
        } else {
            decoder.decode(bytes(number, name), name, into);
        }
    }

    /**
     * A record as it is: the image file, or the pixels.
     *
     * @param name what messages call it
     * @throws StageFailure BAD_DATA if the record was changed
     */
    byte[] bytes(int number, String name) {
        PackIndex.Entry entry = index.get(number);
        byte[] bytes = new byte[holds(entry) ? entry.bytes() : 0];
        if (!read(entry, bytes)) {
            throw damaged(name);
        }
        return bytes;
    }

    /** No damaged image, in whose place another could stand: the image is whole, and a new pack has it. */
    private static StageFailure damaged(String name) {
        return new StageFailure(ExitCode.BAD_DATA, name + ": found a record that does not fit its checksum: " + ANEW);
    }
}
