package viewfit.core.images;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Tar archives for tests: block by block, by the letter of POSIX, or by a library. */
public final class Tars {
    static final int BLOCK = 512;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** A plain file; a prefix goes to the field of ustar. */
    public Tars file(String prefix, String name, byte[] content) {
        return member(prefix, name, '0', content);
    }

    public Tars file(String name, String text) {
        return file("", name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A member whose name stands in a GNU long-name member before it. */
    public Tars gnuLong(String name, byte[] content) {
        member("", "././@LongLink", 'L', (name + "\0").getBytes(StandardCharsets.UTF_8));
        return member("", name.substring(0, 99), '0', content);
    }

    /** A member whose name stands in a pax header before it. */
    public Tars pax(String name, byte[] content) {
        byte[] raw = name.getBytes(StandardCharsets.UTF_8);
        int length = raw.length + " path=\n".length() + 2;
        length = Integer.toString(length).length() + raw.length + " path=\n".length();
        String record = length + " path=" + name + "\n";
        member("", "PaxHeaders/x", 'x', record.getBytes(StandardCharsets.UTF_8));
        return member("", "short", '0', content);
    }

    Tars member(String prefix, String name, char type, byte[] content) {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, String.format(Locale.ROOT, "%011o", content.length));
        put(header, 136, "00000000000");
        header[156] = (byte) type;
        put(header, 257, "ustar");
        put(header, 263, "00");
        put(header, 345, prefix);
        put(header, 148, "        ");
        int sum = 0;
        for (byte b : header) {
            sum += b & 255;
        }
        put(header, 148, String.format(Locale.ROOT, "%06o", sum));
        header[154] = 0;
        bytes.writeBytes(header);
        bytes.writeBytes(content);
        bytes.writeBytes(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
        return this;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] raw = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(raw, 0, header, at, raw.length);
    }

    /** Two blocks of zeros close the archive. */
    public byte[] whole() {
        bytes.writeBytes(new byte[2 * BLOCK]);
        return bytes.toByteArray();
    }

    byte[] open() {
        return bytes.toByteArray();
    }

    /** An archive by commons-compress, names as given and contents their own bytes. */
    static void byLibrary(Path file, int longFiles, String... names) throws IOException {
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(Files.newOutputStream(file))) {
            out.setLongFileMode(longFiles);
            out.setAddPaxHeadersForNonAsciiNames(longFiles == TarArchiveOutputStream.LONGFILE_POSIX);
            for (String name : names) {
                byte[] content = name.getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry entry = new TarArchiveEntry(name);
                entry.setSize(content.length);
                out.putArchiveEntry(entry);
                out.write(content);
                out.closeArchiveEntry();
            }
        }
    }
}
