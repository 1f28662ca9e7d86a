package viewfit.core.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;
import viewfit.core.files.Hashes;

/**
 * A list of file names that a user gives for a label subset. The two of ImageNet that semi-supervised results are compared on are
 * known by their checksums: those of Chen et al. 2020 (google-research/simclr), which saic-fi/SSLight ships with indices before
 * the names, and TensorFlow Datasets as {@code imagenet2012_subset}.
 *
 * @param names in the order of the file
 * @param sha256 of the file
 * @param known which of the published lists it is, or null
 */
public record GivenList(List<String> names, String sha256, @Nullable Known known) {
    private static final int IMAGENET = 1000;
    private static final Pattern WNID = Pattern.compile("n\\d{8}");
    private static final Pattern INDEXED = Pattern.compile("\\d+,\\d+,[^,]+,([^,]+)");

    /** 13 images of 811 classes, 12 of 189. */
    static final Known SIMCLR_1PCT = new Known("SimCLR 1 %", "b61c91b8ddb75fabdb02a9bb2ae3bd74", 0.01);

    /** 128 images of 884 classes, 129 of 116. */
    static final Known SIMCLR_10PCT = new Known("SimCLR 10 %", "b0d861160cc9531910d069ff547fc1b6", 0.1);

    private static final List<Known> PUBLISHED = List.of(SIMCLR_1PCT, SIMCLR_10PCT);

    /**
     * A published list of ImageNet.
     *
     * @param title name for people
     * @param md5 checksum of the file, or of its names, a line each
     * @param share of the train images
     */
    public record Known(String title, String md5, double share) {}

    public GivenList {
        names = List.copyOf(names);
    }

    /**
     * Reads a list: one file name a line, or {@code index,label,wnid,filename}.
     *
     * @param share of the train images that it stands for, such as 0.01
     * @param classes of the image folder; a list of ImageNet is known only where these are its 1,000
     * @throws StageFailure {@link ExitCode#NO_INPUT} without the file, {@link ExitCode#BAD_DATA} if it is no text or the
     *     published list of another share
     */
    public static GivenList read(Path file, double share, Classes classes) {
        return read(file, share, classes, PUBLISHED);
    }

    /** @param published lists that are told from a user's own */
    static GivenList read(Path file, double share, Classes classes, List<Known> published) {
        if (!Files.isRegularFile(file)) {
            throw new StageFailure(ExitCode.NO_INPUT, file + ": does not exist: must be a list of file names");
        }
        byte[] bytes;
        List<String> names;
        try {
            bytes = Files.readAllBytes(file);
            names = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString()
                    .lines()
                    .map(line -> INDEXED.matcher(line.strip()).replaceFirst("$1"))
                    .filter(line -> !line.isBlank())
                    .toList();
        } catch (CharacterCodingException e) {
            throw new StageFailure(
                    ExitCode.BAD_DATA, file + ": bytes that are not UTF-8: must be a list of file names", e);
        } catch (IOException e) {
            throw AtomicFiles.failure(file, e);
        }
        Known known = isImageNet(classes) ? known(bytes, names, published) : null;
        if (known != null && known.share != share) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    file + ": found the list " + known.title + " of ImageNet: must be that of "
                            + Math.round(100 * share) + " %");
        }
        return new GivenList(names, Hashes.sha256(bytes), known);
    }

    /** {@code SimCLR 1 %} or {@code own list}. */
    public String kind() {
        return known == null ? "own list" : known.title;
    }

    /**
     * Fails if a used image lies in another class than the name of a published list says: then the folder's classes are not
     * those of ImageNet.
     *
     * @throws StageFailure {@link ExitCode#BAD_DATA}
     */
    public void requireClasses(List<ManifestRow> used, Classes classes) {
        if (known == null) {
            return;
        }
        for (ManifestRow row : used) {
            String name = row.path().substring(row.path().lastIndexOf('/') + 1);
            String wnid = classes.names().get(row.label());
            if (!name.startsWith(wnid + "_")) {
                throw new StageFailure(
                        ExitCode.BAD_DATA,
                        row.path() + ": found in class " + wnid + ", named by " + known.title
                                + ": must lie in the class that its name begins with");
            }
        }
    }

    static boolean isImageNet(Classes classes) {
        return classes.count() == IMAGENET
                && classes.names().stream().allMatch(name -> WNID.matcher(name).matches());
    }

    /** By the file itself, or by its names alone, with and without a last line feed. */
    private static @Nullable Known known(byte[] bytes, List<String> names, List<Known> published) {
        String text = String.join("\n", names);
        List<String> sums = List.of(md5(bytes), md5(text + "\n"), md5(text));
        for (Known known : published) {
            if (sums.contains(known.md5)) {
                return known;
            }
        }
        return null;
    }

    private static String md5(String text) {
        return md5(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The published checksums are of this kind; it tells files apart and protects nothing. */
    private static String md5(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }
}
