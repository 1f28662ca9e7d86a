package viewfit.views;

import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.ManifestRow;
import viewfit.core.data.ManifestRows;
import viewfit.core.images.ImageFiles;

/** Where the pictures of a manifest come from, by row number. Safe for use by many threads. */
interface PixelSource {
    /** Whether the picture is there. */
    boolean has(int row);

    /** What messages call the picture. */
    String name(int row);

    /** Whether a picture comes decoded, so that keeping it in the heap would only be a second copy. */
    boolean decoded();

    /**
     * Gets a picture.
     *
     * @param decoder used unless the picture comes decoded
     * @param into receives it
     * @throws StageFailure NO_INPUT if it is missing, BAD_DATA if it is damaged, IO if reading fails
     */
    void load(int row, ImageDecoder decoder, Pixels into);

    /** Whether these are known to be the pictures of the manifest, by their checksums. */
    boolean checked();

    /**
     * The bytes that {@link #load} reads.
     *
     * @throws StageFailure as {@link #load}
     */
    byte[] bytes(int row);

    /** Image files as they are. */
    record Encoded(ImageFiles files, ManifestRows rows) implements PixelSource {
        /** A container that is missing is no damaged image, but the loss of many: it ends every run, and at its start. */
        public Encoded {
            files.requireContainers(rows.stream().map(ManifestRow::path).iterator());
        }

        @Override
        public boolean has(int row) {
            return files.has(rows.get(row).path());
        }

        @Override
        public String name(int row) {
            return files.name(rows.get(row).path());
        }

        @Override
        public boolean decoded() {
            return false;
        }

        @Override
        public void load(int row, ImageDecoder decoder, Pixels into) {
            String path = rows.get(row).path();
            decoder.decode(files.read(path), files.name(path), into);
        }

        @Override
        public boolean checked() {
            return false;
        }

        @Override
        public byte[] bytes(int row) {
            return files.read(rows.get(row).path());
        }
    }

    /** Records of a pack. */
    final class Packed implements PixelSource {
        private final Pack pack;
        private final ManifestRows rows;
        private final int[] records;

        /** Finds every row's record; none, or one of another file than the manifest's, is an error: the pack is of other images. */
        Packed(Pack pack, ManifestRows rows) {
            this.pack = pack;
            this.rows = rows;
            this.records = new int[rows.size()];
            for (int i = 0; i < records.length; i++) {
                var row = rows.get(i);
                records[i] = pack.index().find(row.path());
                if (records[i] < 0) {
                    throw new StageFailure(
                            ExitCode.BAD_DATA, name(i) + ": found no such record: must be packed with this manifest");
                }
                if (!pack.index().sha256(records[i]).equals(row.sha256())) {
                    throw new StageFailure(
                            ExitCode.BAD_DATA,
                            name(i) + ": found another file than the manifest's: must be packed anew");
                }
            }
        }

        @Override
        public boolean has(int row) {
            return true;
        }

        @Override
        public String name(int row) {
            return pack.folder() + ": " + rows.get(row).path();
        }

        @Override
        public boolean decoded() {
            return pack.info().store() == PackInfo.Store.PIXELS;
        }

        @Override
        public void load(int row, ImageDecoder decoder, Pixels into) {
            pack.load(records[row], name(row), decoder, into);
        }

        @Override
        public boolean checked() {
            return true;
        }

        @Override
        public byte[] bytes(int row) {
            return pack.bytes(records[row], name(row));
        }
    }
}
