package viewfit.report.results;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;

/**
 * Results in the folders that another run has left there, and why they are not this sweep's: of a cell it does not have, of
 * another recipe under the same name, or scores of another network than the one that was trained. Nothing beside them counts either.
 */
final class Strangers {
    /** In place of a checksum: training has left none to be scored. */
    private static final String NO_NETWORK = "none";

    private final Map<Path, String> why = new TreeMap<>();

    private Strangers() {}

    static Strangers none() {
        return new Strangers();
    }

    /** @param cells the table of cells, by name */
    static Strangers of(InputScan scan, Map<String, Cell> cells) {
        Strangers strangers = new Strangers();
        Map<String, String> networks = new HashMap<>();
        for (Scored scored : scan.metrics) {
            Cell cell = cells.get(scored.metrics().cell());
            Provenance from = scored.metrics().provenance();
            if (cell == null) {
                if (!scored.metrics().cell().isEmpty()) {
                    strangers.add(
                            scored,
                            "the table of cells has no " + scored.metrics().cell());
                }
            } else if (scored.metrics().stage().equals("pretrain")) {
                if (differ(from.recipeSha256(), cell.recipeSha256())) {
                    strangers.add(scored, "of another recipe");
                    // Scores of its network are no more ours than it is.
                    networks.putIfAbsent(cell.id(), NO_NETWORK);
                } else {
                    boolean ended = scored.metrics().outcome() == Outcome.OK;
                    networks.put(cell.id(), ended ? from.checkpointSha256() : NO_NETWORK);
                }
            }
        }
        for (Scored scored : scan.metrics) {
            String network = networks.get(scored.metrics().cell());
            String asked = scored.metrics().provenance().checkpointSha256();
            boolean trained = scored.metrics().stage().equals("pretrain");
            if (!trained && network != null && differ(network, asked)) {
                strangers.add(scored, "of another network");
            }
        }
        return strangers;
    }

    private static boolean differ(String a, String b) {
        return !a.isEmpty() && !b.isEmpty() && !a.equals(b);
    }

    private void add(Scored scored, String reason) {
        why.put(folder(scored.file()), reason);
    }

    /** Whether a file lies in such a folder. */
    boolean have(Path file) {
        return why.containsKey(folder(file));
    }

    /** The folders, in order, each with the reason. */
    Map<Path, String> why() {
        return why;
    }

    private static Path folder(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().normalize().getParent());
    }
}
