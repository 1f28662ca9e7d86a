package viewfit.stages.pretrain;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;
import viewfit.ssl.StateFolder;

/** Where a run keeps its state, which state it goes on from, and whether it pauses. */
final class StateOptions {
    private static final int MOST_MINUTES = 100_000;
    private static final double MILLIS_PER_MINUTE = 60_000;
    private static final double USUAL_MINUTES = 10;
    private static final int MOST_DAYS = 10_000;

    @Option(
            names = "--checkpoint-dir",
            paramLabel = "DIR",
            description =
                    "Folder of this run alone that its state is kept in, made if it is missing; a run that was"
                            + " interrupted goes on from there to the same results. TERM, INT, USR1 and USR2 then end the run after"
                            + " the step under way, with code 75. Empty again when the run is done (default: no state is kept).")
    private @Nullable Path dir;

    @Option(
            names = "--checkpoint-minutes",
            paramLabel = "M",
            description = "With --checkpoint-dir, minutes between two states; fractions are allowed (default: 10).")
    private @Nullable Double minutes;

    @Option(
            names = "--checkpoint-keep",
            paramLabel = "K",
            description = "With --checkpoint-dir, how many states stay; an older one serves if the newest is damaged"
                    + " (default: 2).")
    private @Nullable Integer keep;

    @Option(
            names = "--keep-states",
            description =
                    "With --checkpoint-dir, leave the states there when the run is done, for whoever removes them when"
                            + " the results are safe.")
    private boolean keepStates;

    @Option(
            names = "--until-epoch",
            paramLabel = "N",
            description =
                    "Pause after N epochs of the recipe, if it has more: no checkpoint is written then, but state/, which --from-state"
                            + " takes (default: go to the end).")
    private @Nullable Integer until;

    @Option(
            names = "--from-state",
            paramLabel = "DIR",
            description = "Go on from the state/ of the same run, which paused (default: begin anew).")
    private @Nullable Path from;

    /**
     * Refuses what does not go together.
     *
     * @param out folder of the outputs
     */
    void check(Path out) {
        if (until != null && until < 1) {
            throw usage("--until-epoch: found " + until + ": must be at least 1 epoch");
        }
        if (from != null && same(from, out.resolve(StateFolder.HANDED_OVER))) {
            throw usage("--from-state: found " + from
                    + ": must be another folder than the state/ of the outputs, which is written anew");
        }
        if (dir == null) {
            requireNone("--checkpoint-minutes", minutes != null);
            requireNone("--checkpoint-keep", keep != null);
            requireNone("--keep-states", keepStates);
            return;
        }
        for (Path taken : List.of(out, out.resolve("checkpoints"))) {
            if (same(dir, taken)) {
                throw usage("--checkpoint-dir: found " + dir + ": must be another folder than those of the outputs, "
                        + out + " and its checkpoints/");
            }
        }
        if (minutes != null && !(minutes >= 0 && minutes <= MOST_MINUTES)) {
            throw usage("--checkpoint-minutes: found " + minutes + ": must be in 0 .. " + MOST_MINUTES);
        }
        if (keep != null && keep < 1) {
            throw usage("--checkpoint-keep: found " + keep + ": must be at least 1 state");
        }
    }

    private static void requireNone(String option, boolean given) {
        if (given) {
            throw usage(option + ": found without a folder: needs --checkpoint-dir");
        }
    }

    private static boolean same(Path a, Path b) {
        try {
            return (Files.exists(a) && Files.exists(b))
                    ? Files.isSameFile(a, b)
                    : a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
        } catch (IOException e) {
            throw AtomicFiles.failure(a, e);
        }
    }

    /** Whether an interrupted run may go on: signals then end it in an orderly way. */
    boolean asked() {
        return dir != null;
    }

    /**
     * Opens the folder, and offers it the state of a paused run if one was given. A run that pauses or goes on has one of its own,
     * below its outputs, if none is named.
     *
     * @param say told what a user should know, a line each
     * @return null if none is needed
     */
    @Nullable
    StateFolder open(Path out, Consumer<String> say) {
        if (dir == null && until == null && from == null) {
            return null;
        }
        StateFolder states = StateFolder.open(dir == null ? own(out) : dir, keep == null ? 2 : keep, say);
        try {
            if (dir == null) {
                // What an attempt before has left there nobody asked to go on from.
                states.clear();
            }
            if (from != null) {
                states.offer(from);
            }
        } catch (RuntimeException e) {
            states.close();
            throw e;
        }
        return states;
    }

    /** When all outputs are there. */
    void done(Path out, StateFolder states) {
        if (!keepStates) {
            states.clear();
        }
        states.close();
        if (dir == null) {
            try {
                Files.deleteIfExists(own(out));
            } catch (DirectoryNotEmptyException e) {
                // Something that is not ours, and no reason to lose what has been trained.
                return;
            } catch (IOException e) {
                throw AtomicFiles.failure(own(out), e);
            }
        }
    }

    private static Path own(Path out) {
        return out.resolve(".states");
    }

    /** Time between two states; without a folder that was asked for there is the last one alone. */
    Duration every() {
        return dir == null
                ? Duration.ofDays(MOST_DAYS)
                : Duration.ofMillis(Math.round((minutes == null ? USUAL_MINUTES : minutes) * MILLIS_PER_MINUTE));
    }

    /** Epochs to pause after; 0 for none. */
    int until() {
        return until == null ? 0 : until;
    }

    private static StageFailure usage(String message) {
        return new StageFailure(ExitCode.USAGE, message);
    }
}
