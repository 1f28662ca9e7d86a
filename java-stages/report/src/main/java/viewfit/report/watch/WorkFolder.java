package viewfit.report.watch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import viewfit.core.files.AtomicFiles;

/**
 * The tasks in the work folder of Nextflow, found by what lies there and without asking it:
 *
 * <pre>
 *   xx/yyyy.../.command.sh       its commands, which say where a part of pre-training pauses
 *   xx/yyyy.../.command.run      made when the task was handed over; has its name
 *   xx/yyyy.../.command.begin    made when it began
 *   xx/yyyy.../.exitcode         its exit code, once it has ended
 * </pre>
 *
 * A folder whose task has ended is opened once and remembered. What vanishes meanwhile is left out.
 */
final class WorkFolder {
    /** Without the workflow that a process is part of; a part of pre-training is pre-training. */
    private static final Pattern NAME =
            Pattern.compile("(?m)^### name: '(?:[A-Za-z0-9_]+:)*([A-Z_]+?)(_PART)?(?: \\((.*)\\))?'$");

    private static final Pattern UNTIL = Pattern.compile(" --until-epoch (\\d{1,9})(?!\\d)");

    /** The name stands before the commands, behind what a scheduler is told. */
    private static final int HEAD_BYTES = 1 << 13;

    private static final double MILLIS = 1e3;

    private final Path work;
    private Map<Path, Attempt> ended = new HashMap<>();

    WorkFolder(Path work) {
        this.work = work;
    }

    /** All attempts, in no order; none if there is no such folder. */
    List<Attempt> scan() {
        List<Attempt> found = new ArrayList<>();
        Map<Path, Attempt> endedNow = new HashMap<>();
        for (Path bucket : list(work, "[0-9a-f][0-9a-f]")) {
            for (Path folder : list(bucket, "*")) {
                Attempt known = ended.get(folder);
                Attempt attempt = known == null ? read(folder) : known;
                if (attempt != null) {
                    found.add(attempt);
                    if (attempt.ended()) {
                        endedNow.put(folder, attempt);
                    }
                }
            }
        }
        ended = endedNow;
        return found;
    }

    private static @Nullable Attempt read(Path folder) {
        Path command = folder.resolve(".command.run");
        Matcher name = NAME.matcher(head(command));
        if (!name.find()) {
            return null;
        }
        String tag = name.group(3);
        return new Attempt(
                name.group(1),
                tag == null ? "" : tag,
                folder,
                modified(command),
                Files.exists(folder.resolve(".command.begin")),
                exit(folder.resolve(".exitcode")),
                name.group(2) == null ? 0 : until(folder.resolve(".command.sh")));
    }

    /** Empty if the file is not there yet. */
    private static String head(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(HEAD_BYTES), StandardCharsets.UTF_8);
        } catch (IOException notYet) {
            return "";
        }
    }

    private static int until(Path commands) {
        Matcher until = UNTIL.matcher(head(commands));
        return until.find() ? Integer.parseInt(until.group(1)) : 0;
    }

    private static int exit(Path file) {
        try {
            return Integer.parseInt(Files.readString(file).strip());
        } catch (IOException | NumberFormatException notYet) {
            return Attempt.NONE;
        }
    }

    /** Seconds since 1970; 0 if there is no such file. */
    static double modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toMillis() / MILLIS;
        } catch (IOException gone) {
            return 0;
        }
    }

    /** The folders in a folder whose names fit, by their names. */
    static List<Path> list(Path folder, String pattern) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, pattern)) {
            all.forEach(found::add);
        } catch (IOException | DirectoryIteratorException gone) {
            return List.of();
        }
        found.sort((a, b) -> AtomicFiles.name(a).compareTo(AtomicFiles.name(b)));
        return found;
    }
}
