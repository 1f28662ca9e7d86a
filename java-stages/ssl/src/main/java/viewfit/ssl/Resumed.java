package viewfit.ssl;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Manifest;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.CurveRow;
import viewfit.core.metrics.MonitorRow;
import viewfit.core.recipe.Recipes;
import viewfit.engine.TorchRuntime;
import viewfit.formats.TensorFile;
import viewfit.views.StandIns;

/**
 * A state that was found and belongs to this very run.
 *
 * @param content the file
 * @param state what it holds beside the tensors
 * @param curve rows so far
 * @param monitor rows so far
 */
record Resumed(TensorFile content, RunState state, List<CurveRow> curve, List<MonitorRow> monitor) {
    /**
     * Keys of a recipe that may change between two attempts: what a run is called, which copies it keeps and what it does when it
     * diverges change no number of it. All else does, the number of epochs by its schedules.
     */
    private static final Set<String> HARMLESS =
            Set.of("name", "checkpoint.every-epochs", "checkpoint.keep", "on-divergence");

    private static final String DAMAGED = "damaged-images";

    /** These may change too, but not without a word. */
    private static final Set<String> TOLD = Set.of("engine", "device", DAMAGED);

    private static String told(String key, Pretrainer.Job job) {
        if (!key.equals(DAMAGED)) {
            return ", the last digits may differ from those of an uninterrupted run";
        }
        return job.damaged().skips()
                ? ", its quota counts all damaged images of the run"
                : " if no damaged image was met so far";
    }

    /**
     * Where a state comes from.
     *
     * @param option that names its folder
     * @param instead what to give if it is another run's
     * @param say told of what differs and may
     */
    private record Source(String option, String instead, Consumer<String> say) {
        /** It is told of when it has become one of the run's own. */
        static final Source HANDED_OVER =
                new Source("--from-state", "give the state of this run, or none to begin anew", line -> {});

        static Source kept(StateFolder states) {
            return new Source("--checkpoint-dir", "give an empty folder to begin anew", states::say);
        }
    }

    /**
     * Parts of the metadata that must be the same, the recipe apart.
     *
     * @param code of the stage, see {@link StateFolder#code}
     */
    static Map<String, String> identity(Pretrainer.Job job, TorchRuntime runtime, String code) {
        Map<String, String> all = new TreeMap<>();
        Manifest heldout = job.heldout();
        all.put("cell", job.cell());
        all.put(DAMAGED, job.damaged().toString());
        all.put("device", runtime.device());
        all.put("engine", runtime.engine());
        all.put("manifest-sha256", job.manifestSha256());
        all.put(
                "monitor-sha256",
                heldout == null ? "" : Hashes.sha256(heldout.rows().toString()));
        all.put("stage-code", code);
        all.put("weights-sha256", job.weights().sha256());
        return all;
    }

    /**
     * Looks for a state to go on from.
     *
     * @return null if there is none, or none that is whole
     * @throws StageFailure {@link ExitCode#BAD_RECIPE} or {@link ExitCode#USAGE} if the newest whole one is another run's
     */
    static @Nullable Resumed find(StateFolder states, Pretrainer.Job job, TorchRuntime runtime) {
        states.adopt(content -> requireSame(content, Source.HANDED_OVER, identity(job, runtime, states.code()), job));
        Resumed found = states.newest(content -> read(content, states));
        if (found == null) {
            return null;
        }
        requireSame(found.content, Source.kept(states), identity(job, runtime, states.code()), job);
        states.say("goes on after step " + found.state.steps() + ", from " + found.content.file());
        return found;
    }

    private static void requireSchema(TensorFile content, Source source) {
        String schema = content.meta("schema");
        if (!schema.equals(Checkpoint.STATE_SCHEMA)) {
            throw new StageFailure(
                    ExitCode.USAGE,
                    content.file() + ": found schema " + schema + ": must be " + Checkpoint.STATE_SCHEMA
                            + "; go on with the version that wrote it, or " + source.instead);
        }
    }

    private static Resumed read(TensorFile content, StateFolder states) {
        requireSchema(content, Source.kept(states));
        RunState state = Checkpoint.run(content);
        List<CurveRow> curve = Journal.read(
                RunRecord.CURVE,
                states.file(RunRecord.CURVE_FILE),
                RunRecord::timeless,
                state.curveRows(),
                state.curveSha256());
        List<MonitorRow> monitor = Journal.read(
                RunRecord.MONITOR,
                states.file(RunRecord.MONITOR_FILE),
                row -> row,
                state.monitorRows(),
                state.monitorSha256());
        return new Resumed(content, state, curve, monitor);
    }

    private static void requireSame(
            TensorFile content, Source source, Map<String, String> identity, Pretrainer.Job job) {
        requireSchema(content, source);
        Path folder = content.file().getParent();
        JsonNode was = Recipes.tree(content.meta("recipe"), content.file() + ": metadata recipe");
        JsonNode now = Recipes.tree(Recipes.toYaml(job.recipe()), "recipe");
        List<String> changed = new ArrayList<>();
        Recipes.differences(was, now).forEach((key, words) -> {
            if (HARMLESS.contains(key)) {
                source.say.accept(words + ": harmless");
            } else {
                changed.add(words);
            }
        });
        if (!changed.isEmpty()) {
            throw new StageFailure(
                    ExitCode.BAD_RECIPE,
                    "recipe: not that of the run in " + folder + ": " + String.join("; ", changed)
                            + ": must be the same; " + source.instead);
        }
        List<String> others = new ArrayList<>();
        identity.forEach((key, value) -> {
            String before = content.metadata().getOrDefault(key, "");
            String words = key + ": was " + before + ", now " + value;
            if (!before.equals(value) && TOLD.contains(key)) {
                source.say.accept(words + ": goes on" + told(key, job));
            } else if (!before.equals(value)) {
                others.add(words);
            }
        });
        if (!others.isEmpty()) {
            throw new StageFailure(
                    ExitCode.USAGE,
                    source.option + ": " + folder + " is another run's: " + String.join("; ", others)
                            + ": must be the same; " + source.instead);
        }
    }

    /**
     * Puts networks, optimisers and files back.
     *
     * @throws StageFailure BAD_DATA if the state lacks a tensor of the run, an image that was damaged no longer is, or the run has done
     *     without one and must not any more
     */
    void restore(Trainer trainer, StandIns standIns, StateFolder states, RunFiles files) {
        trainer.restore(content);
        standIns.resume(state.damaged());
        files.recover(states, state.epochs());
    }
}
