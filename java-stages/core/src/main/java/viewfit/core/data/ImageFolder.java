package viewfit.core.data;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;
import viewfit.core.files.Hashes;

/**
 * The images below one folder, in byte-wise path order.
 *
 * <p>Three layouts: {@code train/<class>/*} with or without {@code val/<class>/*}; {@code <class>/*} directly; or files
 * without classes, directly or in {@code train/}. Names that start with a dot are left out; links are followed.
 *
 * @param classes folder names of {@code train} in byte-wise order; none for images without labels
 * @param train images to divide
 * @param val images of the {@code val} folder; none without one
 * @param damaged images of both that were left out
 * @param sizes sides of the images of both, by path
 */
public record ImageFolder(
        Classes classes,
        List<ManifestRow> train,
        List<ManifestRow> val,
        Quarantine damaged,
        Map<String, ImageSize> sizes) {
    /** Longest image file that is read, in bytes. */
    public static final long MOST_BYTES = 512L << 20;

    public ImageFolder {
        train = List.copyOf(train);
        val = List.copyOf(val);
        sizes = Collections.unmodifiableMap(sizes);
    }

    /**
     * Reads the whole tree, checksums included.
     *
     * @param check tells images that can be used
     * @param policy what to do about the others
     * @throws StageFailure {@link ExitCode#NO_INPUT} without the folder, {@link ExitCode#BAD_DATA} for an empty class,
     *     damaged images that the policy does not allow, or a class without any other; the first problem in path order
     */
    public static ImageFolder scan(Path root, ImageCheck check, DamagePolicy policy) {
        if (!Files.isDirectory(root)) {
            String found = Files.exists(root) ? "a file" : "does not exist";
            throw new StageFailure(ExitCode.NO_INPUT, root + ": " + found + ": must be a folder of images");
        }
        Path trainFolder = Files.isDirectory(root.resolve("train")) ? root.resolve("train") : root;
        Classes classes = new Classes(folders(trainFolder));
        List<Entry> train = entries(root, trainFolder, classes);
        Path valFolder = root.resolve("val");
        boolean hasVal = !trainFolder.equals(root) && Files.isDirectory(valFolder);
        List<Entry> val = hasVal ? valEntries(root, valFolder, classes) : List.of();
        Intake intake =
                new Intake(path -> bytes(root, path), path -> root.resolve(path).toString(), check, policy.skips());
        List<ManifestRow> trainRows = rows(intake, train);
        List<ManifestRow> valRows = rows(intake, val);
        policy.require(intake.damaged().size(), train.size() + val.size(), intake.first());
        requireEveryClass(trainFolder, classes, trainRows);
        return new ImageFolder(classes, trainRows, valRows, new Quarantine(intake.damaged()), intake.sizes());
    }

    private static List<ManifestRow> rows(Intake intake, List<Entry> entries) {
        return intake.rows(
                entries.stream().map(Entry::path).toList(),
                entries.stream().map(Entry::label).toList());
    }

    private static void requireEveryClass(Path folder, Classes classes, List<ManifestRow> rows) {
        Set<Integer> seen = rows.stream().map(ManifestRow::label).collect(Collectors.toSet());
        for (int label = 0; label < classes.count(); label++) {
            if (!seen.contains(label)) {
                throw bad(
                        folder.resolve(classes.names().get(label)),
                        "only damaged images",
                        "must hold at least one image that can be used");
            }
        }
        if (rows.isEmpty()) {
            throw bad(folder, "only damaged images", "must hold at least one image that can be used");
        }
    }

    private static byte[] bytes(Path root, String path) {
        Path file = root.resolve(path);
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new DamagedImage(
                        Damage.TOO_LARGE,
                        file.toString(),
                        Files.size(file) + " bytes",
                        "at most " + MOST_BYTES + " bytes",
                        null);
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** Whether the images have classes. */
    public boolean labelled() {
        return classes.count() > 0;
    }

    /** One checksum for names, classes and contents of the whole tree. */
    public String sha256() {
        StringBuilder text = new StringBuilder();
        for (List<ManifestRow> part : List.of(train, val)) {
            part.forEach(row -> text.append(Manifest.TABLE.format(row)));
        }
        return Hashes.sha256(text.toString());
    }

    private record Entry(String path, int label) {}

    private static List<Entry> valEntries(Path root, Path folder, Classes classes) {
        List<String> names = folders(folder);
        for (String name : names) {
            if (!classes.names().contains(name)) {
                throw bad(
                        folder.resolve(name),
                        "a class that train does not have",
                        "must be one of its " + classes.count() + " classes");
            }
        }
        if (names.isEmpty() && classes.count() > 0) {
            throw bad(folder, "no class folder", "must be val/<class>/*, as in train");
        }
        return entries(root, folder, new Classes(names)).stream()
                .map(e ->
                        new Entry(e.path(), e.label() < 0 ? -1 : classes.names().indexOf(names.get(e.label()))))
                .toList();
    }

    private static List<Entry> entries(Path root, Path folder, Classes classes) {
        List<Entry> entries = new ArrayList<>();
        if (classes.count() == 0) {
            files(root, folder).forEach(path -> entries.add(new Entry(path, -1)));
            if (entries.isEmpty()) {
                throw bad(folder, "neither class folders nor images", "must hold images");
            }
        }
        for (int label = 0; label < classes.count(); label++) {
            Path classFolder = folder.resolve(classes.names().get(label));
            List<String> files = files(root, classFolder);
            if (files.isEmpty()) {
                throw bad(classFolder, "an empty class folder", "must hold at least one image");
            }
            for (String path : files) {
                entries.add(new Entry(path, label));
            }
        }
        entries.sort((a, b) -> ByteOrder.TEXT.compare(a.path(), b.path()));
        return entries;
    }

    private static List<String> folders(Path folder) {
        try (Stream<Path> list = Files.list(folder)) {
            return list.filter(Files::isDirectory)
                    .map(AtomicFiles::name)
                    .filter(name -> !name.startsWith("."))
                    .sorted(ByteOrder.TEXT)
                    .toList();
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }

    /** Files at any depth of a class folder, as paths relative to {@code root}. */
    private static List<String> files(Path root, Path folder) {
        try (Stream<Path> walk = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            return walk.filter(path -> !Files.isDirectory(path))
                    .filter(path -> !AtomicFiles.name(path).startsWith("."))
                    .map(path -> root.relativize(path).toString().replace('\\', '/'))
                    .toList();
        } catch (IOException | java.io.UncheckedIOException e) {
            throw unreadable(folder, e);
        }
    }

    private static StageFailure bad(Path where, String found, String allowed) {
        return new StageFailure(ExitCode.BAD_DATA, where + ": found " + found + ": " + allowed);
    }

    private static StageFailure unreadable(Path where, Exception e) {
        String reason = e instanceof IOException io ? AtomicFiles.reason(io) : String.valueOf(e.getMessage());
        ExitCode code = e instanceof NoSuchFileException ? ExitCode.NO_INPUT : ExitCode.IO;
        return new StageFailure(code, where + ": " + reason + ": must be readable", e);
    }
}
