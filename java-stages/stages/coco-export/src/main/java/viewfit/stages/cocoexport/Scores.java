package viewfit.stages.cocoexport;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.metrics.Metrics;

/** What was measured with a checkpoint, out of the records of other stages. */
final class Scores {
    private Scores() {}

    /**
     * All values by name.
     *
     * @param checkpoint checksum of the file the measurements must be of
     * @throws StageFailure NO_INPUT or BAD_DATA if a file is not there, is no metrics file, is of another checkpoint, or repeats
     *     a name
     */
    static Map<String, Double> read(List<Path> files, String checkpoint) {
        Map<String, Double> scores = new TreeMap<>();
        for (Path file : files) {
            Metrics metrics = Metrics.read(file);
            String of = metrics.provenance().checkpointSha256();
            if (!of.equals(checkpoint)) {
                throw bad(file, "measured with the checkpoint of SHA-256 " + of, checkpoint);
            }
            metrics.values().forEach((name, value) -> {
                if (scores.put(name, value) != null) {
                    throw bad(file, name + " for the second time", "each score once");
                }
            });
        }
        return scores;
    }

    private static StageFailure bad(Path file, String found, String expected) {
        return new StageFailure(ExitCode.BAD_DATA, file + ": found " + found + ": expected " + expected);
    }
}
