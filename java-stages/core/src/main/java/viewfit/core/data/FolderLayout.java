package viewfit.core.data;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Listing.Entry;
import viewfit.core.files.AtomicFiles;

/**
 * Image files in folders: {@code train/<class>/*} with or without {@code val/<class>/*}; {@code <class>/*} directly; or files
 * without classes, directly or in {@code train/}. Names that start with a dot are left out; links are followed.
 */
final class FolderLayout {
    private FolderLayout() {}

    /** Whether there are class folders, in {@code train} or beside each other. */
    static boolean hasClasses(Path root) {
        Path train = root.resolve("train");
        return Files.isDirectory(train)
                ? !folders(train).isEmpty()
                : !firstClass(root).isEmpty();
    }

    /** Name of the first folder that would be a class without {@code train}; empty without one. */
    static String firstClass(Path root) {
        return folders(root).stream()
                .filter(name -> !name.equals("val"))
                .findFirst()
                .orElse("");
    }

    /** The images of a folder. */
    static Listing list(Path root) {
        Path trainFolder = Files.isDirectory(root.resolve("train")) ? root.resolve("train") : root;
        Classes classes = new Classes(folders(trainFolder));
        List<Entry> train = entries(root, trainFolder, classes);
        Path valFolder = root.resolve("val");
        boolean hasVal = !trainFolder.equals(root) && Files.isDirectory(valFolder);
        return new Listing(classes, train, hasVal ? valEntries(root, valFolder, classes) : List.of());
    }

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
        return Listing.bad(where.toString(), found, allowed);
    }

    private static StageFailure unreadable(Path where, Exception e) {
        String reason = e instanceof IOException io ? AtomicFiles.reason(io) : String.valueOf(e.getMessage());
        return new StageFailure(ExitCode.NO_INPUT, where + ": " + reason + ": must be readable", e);
    }
}
