package viewfit.core.images;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;
import viewfit.core.files.MappedBytes;

/**
 * The members of a tar archive: ustar, GNU long names, pax headers. Its headers are read once; that the archive is whole is
 * checked by its end mark, since one that was cut between two members looks like a smaller one.
 */
final class TarMembers {
    private static final int BLOCK = 512;
    private static final String WHOLE = "must be a whole, uncompressed tar archive";

    private TarMembers() {}

    static MemberIndex scan(Path file, MappedBytes bytes) throws IOException {
        MemberIndex.Builder members = new MemberIndex.Builder();
        long end = 0;
        try (TarFile tar = new TarFile(file)) {
            for (TarArchiveEntry entry : tar.getEntries()) {
                long position = entry.getDataOffset();
                if (!bytes.holds(position, entry.getSize())) {
                    throw new MemberIndex.Broken("an end within member " + entry.getName(), WHOLE);
                }
                end = Math.max(end, position + (entry.getSize() + BLOCK - 1) / BLOCK * BLOCK);
                if (entry.isDirectory() || entry.isGlobalPaxHeader() || entry.isPaxHeader()) {
                    continue;
                }
                if (!entry.isFile() || entry.isLink() || entry.isSymbolicLink() || entry.isSparse()) {
                    throw new MemberIndex.Broken(
                            "member " + entry.getName() + ", which is a link or has no plain content",
                            "members must be plain files");
                }
                members.add(plain(entry.getName()), position, entry.getSize());
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new MemberIndex.Broken("no tar archive, or one that ends too early", WHOLE);
        }
        requireEnd(bytes, end);
        return members.build();
    }

    /** At least one block of zeros, and nothing after the zeros. */
    private static void requireEnd(MappedBytes bytes, long end) {
        if (!bytes.holds(end, BLOCK)) {
            throw new MemberIndex.Broken("no end mark after the last member", WHOLE);
        }
        byte[] block = new byte[BLOCK];
        for (long at = end; at < bytes.size(); at += BLOCK) {
            int length = (int) Math.min(BLOCK, bytes.size() - at);
            bytes.copy(at, block, 0, length);
            for (int i = 0; i < length; i++) {
                if (block[i] != 0) {
                    throw new MemberIndex.Broken("data after the end mark, at byte " + at, "must be one tar archive");
                }
            }
        }
    }

    private static String plain(String name) {
        String plain = name;
        while (plain.startsWith("./") || plain.startsWith("/")) {
            plain = plain.substring(plain.indexOf('/') + 1);
        }
        return plain;
    }
}
