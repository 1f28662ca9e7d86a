package viewfit.core.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;

/**
 * The bytes of the images that manifest paths name. A path may lead through a container, a tar or HDF5 file, as if that were a
 * folder: {@code train-000000.tar/n01440764_10026.jpg}, {@code train.h5/n01440764/n01440764_10026.JPEG}. The index of a
 * container is read when its first image is; containers are mapped and stay so. Safe for use by many threads; after that first
 * time no lock is taken.
 */
public final class ImageFiles {
    /** Longest image file, in bytes. */
    public static final long MOST_BYTES = 512L << 20;

    private final Path root;
    private final Map<String, Container> containers = new ConcurrentHashMap<>();

    private ImageFiles(Path root) {
        this.root = root;
    }

    /** The images below {@link #root}. */
    public static ImageFiles of(Path images) {
        return new ImageFiles(root(images));
    }

    /**
     * The folder that manifest paths start from, for what {@code --images} names: a folder itself; for a list of images, a tar or
     * an HDF5 file, the folder it lies in.
     *
     * @throws StageFailure NO_INPUT if there is nothing of this name
     */
    public static Path root(Path images) {
        if (Files.isDirectory(images)) {
            return images;
        }
        if (!Files.exists(images)) {
            throw new StageFailure(
                    ExitCode.NO_INPUT,
                    images + ": does not exist: must be a folder of images, a pack, a list, a tar or an HDF5 file");
        }
        Path parent = images.getParent();
        return parent == null ? Path.of("") : parent;
    }

    /** Folder the paths are relative to. */
    public Path root() {
        return root;
    }

    /** What messages call an image. */
    public String name(String path) {
        return root.resolve(path).toString();
    }

    /**
     * Reads an image file whole.
     *
     * @throws StageFailure NO_INPUT if there is no such file or member, BAD_DATA for a broken container, IO if reading fails
     * @throws FileTooLarge above {@link #MOST_BYTES}
     */
    public byte[] read(String path) {
        String inside = containerOf(path);
        if (inside != null) {
            Container container = open(inside);
            int member = container.members().find(path.substring(inside.length() + 1));
            if (member < 0) {
                throw new StageFailure(
                        ExitCode.NO_INPUT, name(path) + ": no such member: must be in " + root.resolve(inside));
            }
            return container.read(member);
        }
        Path file = root.resolve(path);
        if (Files.isDirectory(file)) {
            throw new StageFailure(ExitCode.NO_INPUT, file + ": found a folder: must be an image file");
        }
        try {
            checkedLength(Files.size(file), file.toString());
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new StageFailure(ExitCode.NO_INPUT, file + ": no such file: must be an image file", e);
        } catch (IOException e) {
            throw new StageFailure(
                    ExitCode.IO,
                    file + ": cannot be read (" + AtomicFiles.reason(e) + "): must be a readable image file",
                    e);
        }
    }

    /** Bytes of an image file; 0 if there is none or it cannot be asked, which {@link #read} says in full. */
    public long length(String path) {
        try {
            String inside = containerOf(path);
            if (inside == null) {
                return Files.size(root.resolve(path));
            }
            MemberIndex members = open(inside).members();
            int member = members.find(path.substring(inside.length() + 1));
            return member < 0 ? 0 : members.length(member);
        } catch (IOException | StageFailure e) {
            return 0;
        }
    }

    /**
     * Whether there is such a file or member.
     *
     * @throws StageFailure as {@link #members}, for a container that is missing or broken
     */
    public boolean has(String path) {
        String inside = containerOf(path);
        return inside == null
                ? Files.isRegularFile(root.resolve(path))
                : open(inside).members().find(path.substring(inside.length() + 1)) >= 0;
    }

    /**
     * Requires the containers that paths lead through, and reads none of them.
     *
     * @throws StageFailure NO_INPUT for the first one that is missing
     */
    public void requireContainers(Iterator<String> paths) {
        String known = "/";
        while (paths.hasNext()) {
            String path = paths.next();
            if (!path.startsWith(known)) {
                String inside = containerOf(path);
                if (inside != null) {
                    Container.require(root.resolve(inside));
                    known = inside + "/";
                }
            }
        }
    }

    /**
     * Names of all members of a container, in byte-wise order.
     *
     * @param container path below the root
     * @throws StageFailure NO_INPUT without the file, BAD_DATA if it is broken
     */
    public List<String> members(String container) {
        MemberIndex members = open(container).members();
        return IntStream.range(0, members.size()).mapToObj(members::name).toList();
    }

    /** Whether a file of this name is a container: {@code .tar}, {@code .h5} or {@code .hdf5}. */
    public static boolean isContainer(String name) {
        return Container.named(name);
    }

    static long checkedLength(long bytes, String where) {
        if (bytes > MOST_BYTES) {
            throw new FileTooLarge(where, bytes, MOST_BYTES);
        }
        return bytes;
    }

    private Container open(String path) {
        Container known = containers.get(path);
        return known != null ? known : containers.computeIfAbsent(path, p -> Container.open(root.resolve(p)));
    }

    /** The part of a path that is a container, or null: the first name on the way that looks like one and is no folder. */
    private @Nullable String containerOf(String path) {
        for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
            String front = path.substring(0, slash);
            if (Container.named(front) && (containers.containsKey(front) || !Files.isDirectory(root.resolve(front)))) {
                return front;
            }
        }
        return null;
    }
}
