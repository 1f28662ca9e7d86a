package viewfit.report.results;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;

/**
 * Results that another run has left, and why they are not this sweep's: of a cell it does not have, of another recipe under the same
 * name, or of another network than the one that was trained. What lies beside them is not either, where no result of the sweep is.
 */
final class Strangers {
    /** In place of a checksum: training has left none to be scored. */
    private static final String NO_NETWORK = "none";

    private static final String ANOTHER_NETWORK = "of another network";
    private static final String NO_CELL = "the table of cells has no ";

    private final Map<Path, String> why = new TreeMap<>();
    private final Set<Path> folders = new HashSet<>();
    private final Set<Path> ownFolders = new HashSet<>();

    private Strangers() {}

    static Strangers none() {
        return new Strangers();
    }

    /** @param cells the table of cells, by name */
    static Strangers of(InputScan scan, Map<String, Cell> cells) {
        Strangers strangers = new Strangers();
        Map<String, String> networks = strangers.trained(scan, cells);
        for (Scored scored : scan.metrics) {
            String network = networks.get(scored.metrics().cell());
            boolean trained = scored.metrics().stage().equals("pretrain");
            if (!trained
                    && network != null
                    && differ(network, scored.metrics().provenance().checkpointSha256())) {
                strangers.add(scored.file(), ANOTHER_NETWORK);
            }
        }
        for (Map.Entry<Path, JsonNode> export : scan.exports.entrySet()) {
            String cell = export.getValue().path("cell").asText();
            String network = networks.get(cell);
            JsonNode from = export.getValue().path("provenance").path("checkpoint-sha256");
            if (!cell.isEmpty() && !cells.containsKey(cell)) {
                strangers.add(export.getKey(), NO_CELL + cell);
            } else if (network != null && differ(network, from.asText())) {
                strangers.add(export.getKey(), ANOTHER_NETWORK);
            }
        }
        scan.metrics.forEach(scored -> strangers.keepBeside(scored.file()));
        scan.exports.keySet().forEach(strangers::keepBeside);
        return strangers;
    }

    private void keepBeside(Path result) {
        if (!why.containsKey(file(result))) {
            ownFolders.add(folder(result));
        }
    }

    /** Judges all trainings, and what is of no cell; gives the checksum of the network of each cell that has one. */
    private Map<String, String> trained(InputScan scan, Map<String, Cell> cells) {
        Map<String, String> networks = new HashMap<>();
        for (Scored scored : scan.metrics) {
            Cell cell = cells.get(scored.metrics().cell());
            Provenance from = scored.metrics().provenance();
            if (cell == null) {
                if (!scored.metrics().cell().isEmpty()) {
                    add(scored.file(), NO_CELL + scored.metrics().cell());
                }
            } else if (scored.metrics().stage().equals("pretrain")) {
                if (differ(from.recipeSha256(), cell.recipeSha256())) {
                    add(scored.file(), "of another recipe");
                    // Scores of its network are no more ours than it is.
                    networks.putIfAbsent(cell.id(), NO_NETWORK);
                } else {
                    boolean ended = scored.metrics().outcome() == Outcome.OK;
                    networks.put(cell.id(), ended ? from.checkpointSha256() : NO_NETWORK);
                }
            }
        }
        return networks;
    }

    /** Whether both are known and not the same. */
    static boolean differ(String a, String b) {
        return !a.isEmpty() && !b.isEmpty() && !a.equals(b);
    }

    private void add(Path file, String reason) {
        why.put(file(file), reason);
        folders.add(folder(file));
    }

    /** Whether a file is one of them, or lies beside one of them and beside nothing of the sweep. */
    boolean have(Path file) {
        Path folder = folder(file);
        return why.containsKey(file(file)) || (folders.contains(folder) && !ownFolders.contains(folder));
    }

    /** Their folders, or their files where a result of the sweep lies in the same folder; in order, each with the reason. */
    Map<Path, String> why() {
        Map<Path, String> places = new TreeMap<>();
        why.forEach((file, reason) -> places.put(ownFolders.contains(folder(file)) ? file : folder(file), reason));
        return places;
    }

    private static Path file(Path file) {
        return file.toAbsolutePath().normalize();
    }

    private static Path folder(Path file) {
        return Objects.requireNonNull(file(file).getParent());
    }
}
