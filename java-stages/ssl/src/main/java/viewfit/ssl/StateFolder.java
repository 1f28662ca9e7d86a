package viewfit.ssl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import viewfit.core.StageCode;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;
import viewfit.core.files.FolderLock;
import viewfit.core.metrics.Json;
import viewfit.formats.Safetensors;
import viewfit.formats.Seal;
import viewfit.formats.TensorFile;

/**
 * The folder that one run keeps its state in, apart from its outputs and longer than one process.
 *
 * <pre>
 *   lock                               who writes here
 *   state-000000012345.safetensors     after so many steps; the last few
 *   state-....safetensors.damaged      one that could not be read, put aside
 *   curve.csv, monitor.csv             rows so far
 *   epoch-0010.safetensors             numbered checkpoints so far
 *   time.json                          how long it has taken so far; no part of a state, since equal runs have equal states
 * </pre>
 *
 * All files appear whole or not at all, but for the tables, whose rows a state counts.
 */
public final class StateFolder implements AutoCloseable {
    private static final String NAME = "state-\\d+\\.safetensors";
    private static final String LEFTOVER = ".+\\.(safetensors|csv|json)\\.tmp";
    private static final String TABLES = "(curve|monitor)\\.csv|(diverged|time)\\.json|epoch-\\d+\\.safetensors";
    private static final String OURS = NAME + "(\\.damaged)?|" + TABLES + "|" + LEFTOVER;

    private static final String TIME = "time.json";

    /** Folder of the outputs that a paused run leaves for whoever goes on. */
    public static final String HANDED_OVER = "state";

    private final Path folder;
    private final int keep;
    private final Consumer<String> say;
    private final FolderLock lock;
    private final String code = StageCode.fingerprint();
    /** What a paused run has left, as long as it is not here. */
    private @Nullable Path offered;

    private StateFolder(Path folder, int keep, Consumer<String> say, FolderLock lock) {
        this.folder = folder;
        this.keep = keep;
        this.say = say;
        this.lock = lock;
    }

    /**
     * Makes the folder if it is missing, and locks it.
     *
     * @param keep states that stay, at least 1
     * @param say told what a user should know, a line each
     * @throws StageFailure {@link ExitCode#TRANSIENT} if another process writes there; IO
     */
    public static StateFolder open(Path folder, int keep, Consumer<String> say) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw AtomicFiles.failure(folder, e);
        }
        StateFolder states = new StateFolder(folder, keep, say, FolderLock.take(folder, say));
        // Of a process that was killed while it wrote; as large as a state.
        states.list(LEFTOVER).forEach(StateFolder::delete);
        return states;
    }

    /** Code of the stage, as it was when the folder was opened: a build may replace the jars while the run goes on. */
    String code() {
        return code;
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    /**
     * What the clock says of a run.
     *
     * @param wallSeconds from the start of each of its processes to its last state
     */
    public record Time(double wallSeconds) {}

    /** Seconds that the run had taken when it last kept a state; 0 if nobody knows. */
    double taken() {
        if (!Files.exists(file(TIME))) {
            return 0;
        }
        try {
            return Json.read(file(TIME), Time.class).wallSeconds();
        } catch (StageFailure e) {
            // It changes no result, so that it is no reason to give up a state.
            say(e.getMessage() + "; the time of the run is counted from here");
            return 0;
        }
    }

    void take(double wallSeconds) {
        Json.write(file(TIME), new Time(wallSeconds));
    }

    /** For messages. */
    @Override
    public String toString() {
        return folder.toString();
    }

    void say(String line) {
        say.accept(line);
    }

    /** Accepts a state that is whole, or says what is wrong with what belongs to it. */
    interface Reader<T> {
        /** @throws StageFailure BAD_DATA or NO_INPUT if an older state may do better; anything else ends the search */
        T read(TensorFile content);
    }

    /**
     * Reads the newest state that is whole; damaged ones are told of and put aside. A whole one is not given up for what lies
     * beside it: if no state serves because of that, nothing is touched.
     *
     * @return null if there is none
     * @throws StageFailure IO if a state cannot be read and no older one serves; BAD_DATA or NO_INPUT of the reader if no state
     *     serves
     */
    <T> @Nullable T newest(Reader<T> reader) {
        List<Path> states = list(NAME);
        List<Path> passed = new ArrayList<>();
        StageFailure first = null;
        for (int i = states.size() - 1; i >= 0; i--) {
            Path file = states.get(i);
            String older = i == 0 ? "no older state is left" : "goes on from the state before";
            TensorFile content;
            try {
                content = Safetensors.read(file);
                Seal.require(content);
            } catch (StageFailure e) {
                if (e.exitCode() == ExitCode.IO) {
                    say.accept(e.getMessage() + "; " + older);
                    first = first == null ? e : first;
                    continue;
                }
                requireDamage(e);
                say.accept(e.getMessage() + "; put aside, " + older + (i == 0 && first == null ? ": begins anew" : ""));
                putAside(file);
                continue;
            }
            try {
                T found = reader.read(content);
                // What is newer does not fit what lies beside it, which this run is going to write on.
                passed.forEach(this::putAside);
                return found;
            } catch (StageFailure e) {
                requireDamage(e);
                say.accept(e.getMessage() + "; " + older);
                first = first == null ? e : first;
                passed.add(file);
            }
        }
        if (first != null) {
            throw new StageFailure(
                    first.exitCode(),
                    folder + ": no state serves: " + first.getMessage()
                            + "; mend it, or give an empty folder to begin anew",
                    first);
        }
        return null;
    }

    private static void requireDamage(StageFailure e) {
        if (e.exitCode() != ExitCode.BAD_DATA && e.exitCode() != ExitCode.NO_INPUT) {
            throw e;
        }
    }

    /**
     * Checks that the folder is still this process's.
     *
     * @throws StageFailure {@link ExitCode#TRANSIENT} if not
     */
    void require() {
        lock.require();
    }

    private void putAside(Path file) {
        try {
            Files.move(
                    file,
                    file.resolveSibling(AtomicFiles.name(file) + ".damaged"),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw AtomicFiles.failure(file, e);
        }
    }

    /** Writes a state and removes those that have become too many. */
    void write(Checkpoint.Content state, long steps) {
        lock.require();
        Path file = folder.resolve(String.format(Locale.ROOT, "state-%012d.safetensors", steps));
        Safetensors.write(file, state.tensors(), Seal.put(state.tensors(), state.metadata()));
        List<Path> states = list(NAME);
        states.subList(0, Math.max(0, states.size() - keep)).forEach(StateFolder::delete);
    }

    /**
     * Names the state that a paused run has left, for the run that is going to go on from it.
     *
     * @param from {@link #handOver} wrote it
     */
    public void offer(Path from) {
        offered = from;
    }

    /**
     * Takes over the state that was offered, if one was, unless one of as many steps or more is here already.
     *
     * @param same refuses the state of another run; nothing has been written by then
     * @throws StageFailure {@link ExitCode#NO_INPUT} if there is none; BAD_DATA if it is damaged
     */
    void adopt(Consumer<TensorFile> same) {
        Path from = offered;
        if (from == null) {
            return;
        }
        same.accept(handedOver(from));
        lock.require();
        List<Path> theirs = list(from, NAME);
        List<Path> ours = list(NAME);
        String newest = ours.isEmpty() ? "" : AtomicFiles.name(ours.get(ours.size() - 1));
        // The number of steps in the name has leading zeros.
        if (newest.compareTo(AtomicFiles.name(theirs.get(0))) < 0) {
            copy(from, folder, theirs);
        }
    }

    /** Gives another run, which this one pauses for, what it needs to go on: the newest state and all it counts. */
    void handOver(Path to) {
        List<Path> states = list(NAME);
        try {
            Files.createDirectories(to);
        } catch (IOException e) {
            throw AtomicFiles.failure(to, e);
        }
        copy(folder, to, states.subList(states.size() - 1, states.size()));
    }

    /** Rows and numbered checkpoints before the states that count them. */
    private static void copy(Path from, Path to, List<Path> states) {
        for (Path file :
                Stream.concat(list(from, TABLES).stream(), states.stream()).toList()) {
            AtomicFiles.write(to.resolve(AtomicFiles.name(file)), out -> Files.copy(file, out));
        }
    }

    /** Removes a state that an earlier run has handed over; other files stay, and the folder if there are any. */
    static void remove(Path handedOver) throws IOException {
        if (Files.isDirectory(handedOver)) {
            list(handedOver, OURS).forEach(StateFolder::delete);
            try (Stream<Path> left = Files.list(handedOver)) {
                if (left.findAny().isPresent()) {
                    return;
                }
            }
            Files.delete(handedOver);
        }
    }

    /**
     * Reads what was handed over, as its reader will.
     *
     * @throws StageFailure BAD_DATA if it is damaged; NO_INPUT if there is none
     */
    public static void verify(Path handedOver) {
        handedOver(handedOver);
    }

    private static TensorFile handedOver(Path handedOver) {
        List<Path> states = Files.isDirectory(handedOver) ? list(handedOver, NAME) : List.of();
        if (states.size() != 1) {
            throw new StageFailure(
                    ExitCode.NO_INPUT,
                    handedOver + ": found " + states.size() + " states: must be the state/ of a paused run, with one");
        }
        TensorFile state = Safetensors.read(states.get(0));
        Seal.require(state);
        return state;
    }

    /** Removes all that a run has kept here; other files and the lock stay. */
    public void clear() {
        lock.require();
        // States go first: without them nothing refers to the rest.
        list(NAME).forEach(StateFolder::delete);
        list(OURS).forEach(StateFolder::delete);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw AtomicFiles.failure(file, e);
        }
    }

    List<Path> list(String pattern) {
        return list(folder, pattern);
    }

    /** Files of a pattern, in the order of their names. */
    private static List<Path> list(Path folder, String pattern) {
        Predicate<Path> fits = file -> AtomicFiles.name(file).matches(pattern) && Files.isRegularFile(file);
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(fits).sorted().toList();
        } catch (IOException e) {
            throw AtomicFiles.failure(folder, e);
        }
    }

    /** Gives the folder free for others. */
    @Override
    public void close() {
        lock.close();
    }
}
