package viewfit.report.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;

/**
 * What tells whether a file is the one that was read, without reading it again. It is taken before the file is read: what is
 * written meanwhile then differs from it. The size is there for file systems whose times are coarse.
 *
 * @param written when it was last written
 * @param bytes its size; -1 if there is no such file
 */
record Stamp(FileTime written, long bytes) {
    private static final Stamp NONE = new Stamp(FileTime.fromMillis(0), -1);

    static Stamp of(Path file) {
        try {
            BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(found.lastModifiedTime(), found.size());
        } catch (IOException gone) {
            return NONE;
        }
    }

    /** Of files of one folder, in this order. */
    static List<Stamp> of(Path folder, String... names) {
        return Stream.of(names).map(name -> of(folder.resolve(name))).toList();
    }
}
