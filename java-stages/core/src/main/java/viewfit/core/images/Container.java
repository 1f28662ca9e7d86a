package viewfit.core.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;
import viewfit.core.files.MappedBytes;

/** One tar or HDF5 file: its bytes, mapped, and where each member lies. Safe for use by many threads. */
final class Container {
    private final Path file;
    private final MappedBytes bytes;
    private final MemberIndex members;

    private Container(Path file, MappedBytes bytes, MemberIndex members) {
        this.file = file;
        this.bytes = bytes;
        this.members = members;
    }

    /** Whether a file of this name is a container. */
    static boolean named(String name) {
        return name.toLowerCase(Locale.ROOT).endsWith(".tar") || hdf(name);
    }

    private static boolean hdf(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".h5") || lower.endsWith(".hdf5");
    }

    /**
     * Maps the file and reads its index.
     *
     * @throws StageFailure NO_INPUT without the file, BAD_DATA if it is broken, IO if it cannot be read
     */
    static Container open(Path file) {
        require(file);
        try {
            MappedBytes bytes = MappedBytes.open(file);
            MemberIndex members =
                    hdf(AtomicFiles.name(file)) ? HdfMembers.scan(file, bytes) : TarMembers.scan(file, bytes);
            return new Container(file, bytes, members);
        } catch (MemberIndex.Broken e) {
            throw new StageFailure(ExitCode.BAD_DATA, file + ": found " + e.getMessage() + ": " + e.allowed(), e);
        } catch (IOException e) {
            throw new StageFailure(ExitCode.IO, file + ": " + AtomicFiles.reason(e) + ": must be a readable file", e);
        }
    }

    /**
     * Requires the file to be there.
     *
     * @throws StageFailure NO_INPUT if it is not
     */
    static void require(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new StageFailure(ExitCode.NO_INPUT, file + ": no such file: must be a tar or HDF5 file of images");
        }
    }

    MemberIndex members() {
        return members;
    }

    /** Bytes of a member. */
    byte[] read(int member) {
        long length = ImageFiles.checkedLength(members.length(member), file + "/" + members.name(member));
        byte[] content = new byte[(int) length];
        bytes.copy(members.position(member), content, 0, content.length);
        return content;
    }
}
