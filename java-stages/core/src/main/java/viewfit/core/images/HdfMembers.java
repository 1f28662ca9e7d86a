package viewfit.core.images;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.object.datatype.FixedPoint;
import io.jhdf.object.message.DataLayout;
import java.nio.file.Path;
import java.util.List;
import viewfit.core.files.MappedBytes;

/**
 * The data sets of an HDF5 file that hold the bytes of an image file each: one-dimensional, 8-bit, in one piece, as h5py writes
 * an array of bytes. A member's name is its path, such as {@code n01440764/n01440764_10026.JPEG}.
 */
final class HdfMembers {
    /** jHDF keeps every node it has seen, about 1.5 kB each; opening anew lets them go. */
    private static final int NODES_PER_OPEN = 50_000;

    private static final int MOST_DEPTH = 16;

    private HdfMembers() {}

    static MemberIndex scan(Path file, MappedBytes bytes) {
        MemberIndex.Builder members = new MemberIndex.Builder();
        try {
            List<String> names;
            try (HdfFile top = new HdfFile(file)) {
                long end = top.getHdfBackingStorage().getSuperblock().getEndOfFileAddress();
                if (end > bytes.size()) {
                    throw new MemberIndex.Broken(bytes.size() + " of " + end + " bytes", "must be a whole HDF5 file");
                }
                names = List.copyOf(top.getChildren().keySet());
            }
            for (int i = 0; i < names.size(); ) {
                int until = members.size() + NODES_PER_OPEN;
                try (HdfFile top = new HdfFile(file)) {
                    for (; i < names.size() && members.size() < until; i++) {
                        add(top.getChild(names.get(i)), names.get(i), top.getUserBlockSize(), bytes, members);
                    }
                }
            }
        } catch (MemberIndex.Broken e) {
            throw e;
        } catch (RuntimeException e) {
            // Damaged headers surface as whatever the library trips over.
            throw new MemberIndex.Broken("no HDF5 file, or a damaged one", "must be a whole HDF5 file");
        } catch (OutOfMemoryError e) {
            // The library makes room for as much as a header says before it reads on.
            throw new MemberIndex.Broken(
                    "a header that asks for more memory than there is",
                    "must be a whole HDF5 file, and its index must fit the Java heap");
        }
        return members.build();
    }

    private static void add(Node node, String path, long base, MappedBytes bytes, MemberIndex.Builder members) {
        if (node instanceof Group group) {
            if (path.chars().filter(c -> c == '/').count() > MOST_DEPTH) {
                throw new MemberIndex.Broken("groups within groups without end", "must be images in groups");
            }
            for (Node child : group) {
                add(child, path + "/" + child.getName(), base, bytes, members);
            }
            return;
        }
        if (!(node instanceof Dataset data)
                || !(data.getDataType() instanceof FixedPoint)
                || data.getDataType().getSize() != 1
                || data.getDimensions().length != 1) {
            throw new MemberIndex.Broken(path + ", which is no array of bytes", "must be the bytes of an image file");
        }
        if (!(data instanceof ContiguousDataset piece) || data.getDataLayout() != DataLayout.CONTIGUOUS) {
            throw new MemberIndex.Broken(
                    path + " in layout " + data.getDataLayout(), "must be in one piece, uncompressed");
        }
        long length = data.getSizeInBytes();
        long position = data.isEmpty() ? 0 : base + piece.getDataAddress();
        if (!bytes.holds(position, data.isEmpty() ? 0 : length)) {
            throw new MemberIndex.Broken("an end within " + path, "must be a whole HDF5 file");
        }
        members.add(path, position, data.isEmpty() ? 0 : length);
    }
}
