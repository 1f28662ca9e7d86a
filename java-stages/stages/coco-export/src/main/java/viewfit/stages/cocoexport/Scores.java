package viewfit.stages.cocoexport;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.formats.ExportManifest;

/** What was measured with a network, out of the records of other stages. */
final class Scores {
    private Scores() {}

    /**
     * All values by name; those of a fine-tuning have the name of its label subset in front, as in
     * {@code 1pct.heldout.finetune.top1}.
     *
     * @param facts of the export: the file and the network that the measurements must be of
     * @throws StageFailure NO_INPUT or BAD_DATA if a file is not there, is no metrics file, is of another checkpoint or
     *     network or does not say of which, is of a run that diverged, or repeats a name
     */
    static Map<String, Double> read(List<Path> files, ExportManifest facts) {
        Map<String, Double> scores = new TreeMap<>();
        for (Path file : files) {
            Metrics metrics = Metrics.read(file);
            requireSame(file, metrics, facts);
            String subset = metrics.facts().getOrDefault(Metrics.FRACTION, "");
            metrics.values().forEach((name, value) -> {
                String full = subset.isEmpty() ? name : subset + "." + name;
                if (scores.put(full, value) != null) {
                    throw bad(file, full + " for the second time", "each score once");
                }
            });
        }
        return scores;
    }

    private static void requireSame(Path file, Metrics metrics, ExportManifest facts) {
        String checkpoint = facts.provenance().checkpointSha256();
        String of = metrics.provenance().checkpointSha256();
        if (!of.equals(checkpoint)) {
            throw bad(file, "measured with the checkpoint of SHA-256 " + of, checkpoint);
        }
        // The only network of a file of weights goes as the student where it is scored.
        String network = facts.network().equals(ImportedBackbone.IMPORTED)
                ? CocoExportStage.Side.STUDENT.prefix()
                : facts.network();
        String measured = metrics.facts().get(Metrics.NETWORK);
        if (measured == null) {
            throw bad(file, "no facts." + Metrics.NETWORK, network + ", as probe and finetune write it");
        }
        if (!measured.equals(network)) {
            throw bad(file, "measured with the " + measured, "the " + network + ", which is exported");
        }
        if (metrics.outcome() != Outcome.OK) {
            throw bad(file, "a run that diverged", "one that ended well");
        }
    }

    private static StageFailure bad(Path file, String found, String expected) {
        return new StageFailure(ExitCode.BAD_DATA, file + ": found " + found + ": expected " + expected);
    }
}
