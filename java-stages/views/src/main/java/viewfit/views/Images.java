package viewfit.views;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import viewfit.core.data.ManifestRows;
import viewfit.core.data.Shapes;
import viewfit.core.images.ImageFiles;

/**
 * What {@code --images} names, opened once: a pack, or else files, containers, or what a list names. The stores of several
 * manifests share its indices and mappings. Safe for use by many threads.
 */
public final class Images {
    private final int shortSide;

    private final Function<ManifestRows, PixelSource> source;

    private Images(int shortSide, Function<ManifestRows, PixelSource> source) {
        this.shortSide = shortSide;
        this.source = source;
    }

    /**
     * Opens images; of containers, the index is read when it is needed.
     *
     * @param images the folder that manifest paths start from, a list, tar or HDF5 file in that folder, or a pack
     * @throws viewfit.core.contract.StageFailure NO_INPUT if there is nothing of this name, BAD_DATA for a broken pack
     */
    public static Images open(Path images) {
        if (Pack.at(images)) {
            Pack pack = Pack.open(images);
            return new Images(Math.toIntExact(pack.info().shortSide()), rows -> new PixelSource.Packed(pack, rows));
        }
        ImageFiles files = ImageFiles.of(images);
        return new Images(0, rows -> new PixelSource.Encoded(files, rows));
    }

    /** Length in pixels that larger pictures' short sides were shrunk to when they were packed; 0: none was. */
    public int shortSide() {
        return shortSide;
    }

    /**
     * How often each picture size occurs here: other sizes than those of the files, if pictures were shrunk to a short side when
     * they were packed.
     *
     * @param files how often each size occurs among the files
     */
    public Shapes sizes(Shapes files) {
        if (shortSide == 0) {
            return files;
        }
        Map<List<Integer>, Long> counts = new TreeMap<>(
                Comparator.<List<Integer>>comparingInt(size -> size.get(0)).thenComparing(size -> size.get(1)));
        for (Shapes.Row row : files.rows()) {
            boolean larger = Math.min(row.width(), row.height()) > shortSide;
            int width = larger ? EvalGeometry.resizedWidth(row.width(), row.height(), shortSide) : row.width();
            int height = larger ? EvalGeometry.resizedHeight(row.width(), row.height(), shortSide) : row.height();
            counts.merge(List.of(width, height), row.images(), Long::sum);
        }
        return new Shapes(counts.entrySet().stream()
                .map(e -> new Shapes.Row(e.getKey().get(0), e.getKey().get(1), e.getValue()))
                .toList());
    }

    PixelSource of(ManifestRows rows) {
        return source.apply(rows);
    }
}
