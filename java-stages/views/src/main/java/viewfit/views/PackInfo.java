package viewfit.views;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Json;
import viewfit.core.metrics.Provenance;

/**
 * {@code pack.json}: what a pack holds, and the checksums of its other files. Written last: a folder without it is no pack.
 *
 * @param schema {@code pack/1}
 * @param store what a record is
 * @param shortSide length in pixels that larger pictures' short sides were shrunk to; 0 for none
 * @param images number of records
 * @param shards files of the records, in order
 * @param indexSha256 checksum of {@code index.bin}
 * @param namesSha256 checksum of {@code names.bin}
 * @param manifests the tables the images were taken from
 * @param provenance code; its manifest checksum is that of the first manifest
 * @param checksum of this file: that of the record's line of JSON with an empty text here
 */
public record PackInfo(
        String schema,
        Store store,
        long shortSide,
        long images,
        List<Shard> shards,
        String indexSha256,
        String namesSha256,
        List<Source> manifests,
        Provenance provenance,
        String checksum) {
    public static final String SCHEMA = "pack/1";

    /** What a record is. */
    public enum Store {
        /** The image file, byte for byte. */
        ORIGINAL,
        /** Decoded RGB bytes, row after row. */
        PIXELS
    }

    /**
     * One file of records.
     *
     * @param file path below the pack
     * @param bytes its length
     * @param sha256 its checksum
     */
    public record Shard(String file, long bytes, String sha256) {}

    /**
     * One manifest.
     *
     * @param file its name
     * @param images its rows
     * @param sha256 its checksum
     */
    public record Source(String file, long images, String sha256) {}

    public PackInfo {
        if (!schema.equals(SCHEMA)) {
            throw new IllegalArgumentException("schema: found '" + schema + "': must be " + SCHEMA);
        }
        shards = List.copyOf(shards);
        manifests = List.copyOf(manifests);
    }

    /** Describes what lies in a folder, and writes it there. */
    static PackInfo of(
            Path folder, PackWriter.Options options, int images, List<Shard> shards, List<Source> manifests) {
        PackInfo info = new PackInfo(
                        SCHEMA,
                        options.store(),
                        options.shortSide(),
                        images,
                        shards,
                        Hashes.sha256(folder.resolve(Pack.INDEX)),
                        Hashes.sha256(folder.resolve(Pack.NAMES)),
                        manifests,
                        Provenance.ofCode(
                                manifests.isEmpty() ? "" : manifests.get(0).sha256(), 0),
                        "")
                .sealed();
        Json.write(folder.resolve(Pack.INFO), info);
        return info;
    }

    /** The same with its own checksum. */
    PackInfo sealed() {
        return with(Hashes.sha256(Json.line(with(""))));
    }

    private PackInfo with(String sum) {
        return new PackInfo(
                schema, store, shortSide, images, shards, indexSha256, namesSha256, manifests, provenance, sum);
    }

    /**
     * Reads and checks the file.
     *
     * @throws StageFailure BAD_DATA if anything in it was changed
     */
    static PackInfo read(Path file) {
        try {
            PackInfo info = Json.read(file, PackInfo.class);
            if (info.sealed().equals(info)) {
                return info;
            }
        } catch (StageFailure e) {
            throw changed(file, e);
        }
        throw changed(file, null);
    }

    private static StageFailure changed(Path file, @Nullable StageFailure e) {
        return new StageFailure(
                ExitCode.BAD_DATA, file + ": found what this version of Viewfit did not write: must be packed anew", e);
    }
}
