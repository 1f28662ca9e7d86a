package viewfit.ssl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import viewfit.core.Code;
import viewfit.core.data.Quarantine;
import viewfit.core.files.AtomicFiles;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Divergence;
import viewfit.core.metrics.Json;
import viewfit.core.metrics.Provenance;
import viewfit.core.recipe.Recipes;
import viewfit.engine.TorchRuntime;

/** The folder of one run: where its files lie, what they say about their origin, which checkpoints stay. */
final class RunFiles {
    private static final String FINAL = "checkpoint.safetensors";

    private static final String NUMBERED = "epoch-\\d+\\.safetensors";

    /** What the threads of a run were at that no longer moved. */
    static final String THREADS = "threads.txt";

    /** What was going on when a run diverged. */
    static final String DIVERGED = "diverged.json";

    private final Pretrainer.Job job;
    private final TorchRuntime runtime;
    private final Path checkpoints;
    private final @Nullable StateFolder states;

    RunFiles(Pretrainer.Job job, TorchRuntime runtime, @Nullable StateFolder states) {
        this.job = job;
        this.states = states;
        this.runtime = runtime;
        this.checkpoints = job.out().resolve("checkpoints");
    }

    Path file(String name) {
        return job.out().resolve(name);
    }

    /** Leftovers of an earlier run in the same folder must not pass for results of this one. */
    void clear() {
        try {
            Files.createDirectories(checkpoints);
            for (String stale : List.of(
                    FINAL,
                    "metrics.json",
                    DIVERGED,
                    THREADS,
                    Quarantine.FILE,
                    ProfileReport.TABLE,
                    ProfileReport.TRACE)) {
                Files.deleteIfExists(file(stale));
            }
            EventLog.remove(job.out());
            StateFolder.remove(file(StateFolder.HANDED_OVER));
            for (Path old : numbered()) {
                Files.delete(old);
            }
        } catch (IOException e) {
            throw AtomicFiles.failure(checkpoints, e);
        }
    }

    /**
     * Removes what a failed run has begun; finished numbered checkpoints stay.
     *
     * @param cause keeps what goes wrong on the way
     */
    void discard(RuntimeException cause) {
        try {
            for (String begun : List.of(
                    "curve.csv", "monitor.csv", "views.png", "views.csv", ProfileReport.TABLE, ProfileReport.TRACE)) {
                Files.deleteIfExists(file(begun));
            }
            EventLog.remove(job.out());
            StateFolder.remove(file(StateFolder.HANDED_OVER));
            if (numbered().isEmpty()) {
                Files.deleteIfExists(checkpoints);
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /**
     * Writes down what was going on at a step that is not finite.
     *
     * @param on whether the run goes on: a later attempt then has this file too
     */
    void diverged(Divergence found, boolean on) {
        Json.write(file(DIVERGED), found);
        if (on && states != null) {
            states.require();
            copy(file(DIVERGED), states.file(DIVERGED));
        }
    }

    /** Takes over what was last not finite, and the numbered checkpoints that a resumed run has behind it; later ones it will write again. */
    void recover(StateFolder from, int epochs) {
        if (Files.exists(from.file(DIVERGED))) {
            copy(from.file(DIVERGED), file(DIVERGED));
        }
        for (Path file : from.list(NUMBERED)) {
            if (Integer.parseInt(AtomicFiles.name(file).replaceAll("\\D", "")) <= epochs) {
                copy(file, checkpoints.resolve(AtomicFiles.name(file)));
            }
        }
    }

    private static void copy(Path from, Path to) {
        AtomicFiles.write(to, out -> Files.copy(from, out));
    }

    private List<Path> numbered() throws IOException {
        try (Stream<Path> files = Files.list(checkpoints)) {
            return files.filter(f -> AtomicFiles.name(f).matches(NUMBERED))
                    .sorted()
                    .toList();
        }
    }

    /** Writes a numbered checkpoint if this epoch is due, and removes those the recipe does not keep. */
    void saveNumbered(Trainer trainer, int epochs) {
        int every = job.recipe().checkpoint().everyEpochs();
        if (every == 0 || epochs % every != 0) {
            return;
        }
        String name = String.format(Locale.ROOT, "epoch-%04d.safetensors", epochs);
        Checkpoint.write(checkpoints.resolve(name), trainer, epochs, metadata());
        if (states != null) {
            states.require();
            copy(checkpoints.resolve(name), states.file(name));
        }
        int keep = job.recipe().checkpoint().keep();
        try {
            List<Path> files = numbered();
            for (int i = 0; keep > 0 && i < files.size() - keep; i++) {
                Files.delete(files.get(i));
                if (states != null) {
                    Files.deleteIfExists(states.file(AtomicFiles.name(files.get(i))));
                }
            }
        } catch (IOException e) {
            throw AtomicFiles.failure(checkpoints, e);
        }
    }

    /** Writes the final checkpoint and returns its checksum. */
    String saveFinal(Trainer trainer) {
        Checkpoint.write(file(FINAL), trainer, job.recipe().epochs(), metadata());
        return Hashes.sha256(file(FINAL));
    }

    private Map<String, String> metadata() {
        Map<String, String> metadata = new TreeMap<>();
        metadata.put("manifest-sha256", job.manifestSha256());
        metadata.put("cell", job.cell());
        if (!job.weights().sha256().isEmpty()) {
            metadata.put("weights-sha256", job.weights().sha256());
        }
        return metadata;
    }

    /** Header of the tables. */
    Map<String, String> header() {
        return Map.of("provenance", provenance("").toJson());
    }

    Provenance provenance(String checkpointSha256) {
        return new Provenance(
                Code.version(),
                Recipes.sha256(job.recipe()),
                job.manifestSha256(),
                checkpointSha256,
                runtime.engine(),
                runtime.device(),
                job.recipe().seed());
    }
}
