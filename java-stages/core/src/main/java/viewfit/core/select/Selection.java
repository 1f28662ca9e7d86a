package viewfit.core.select;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Json;
import viewfit.core.metrics.Provenance;

/**
 * {@code selection.json}: the recipe that held-out scores chose, and the cells that may be scored on the test split.
 *
 * @param schema {@code selection/1}
 * @param by value of the probe's {@code metrics.json} that the groups were ranked by, a fraction
 * @param chosen group of the first rank; empty when no cell has a score
 * @param baseline group that is tested beside it; empty when there is none
 * @param rule how it was chosen, in words
 * @param candidates groups that have at least one score, best first
 * @param tested cells of the chosen group and of the baseline that have a score
 * @param gaps cells of the sweep without a score
 * @param counts {@code groups} and {@code cells} that were asked for, {@code candidates}, {@code scored} cells,
 *     {@code heldout.images} of each score, {@code images.short-side} that the probes' images were shrunk to, or 0
 * @param choiceSha256 checksum of what was chosen from what: {@code by}, {@code candidates}, and of {@code tested} the cells
 *     and networks; that of another version of the code is the same, if it chose the same
 * @param provenance its recipe is the probe's and its manifest that of the images the probes were fitted on
 */
public record Selection(
        String schema,
        String by,
        String chosen,
        String baseline,
        String rule,
        List<Candidate> candidates,
        List<Tested> tested,
        List<Gap> gaps,
        Map<String, Long> counts,
        String choiceSha256,
        Provenance provenance) {
    public static final String SCHEMA = "selection/1";

    /** Role of the cells of the first rank, and of those beside them. */
    public static final String CHOSEN = "chosen";

    public static final String BASELINE = "baseline";

    /**
     * Cells that differ in their seed only.
     *
     * @param rank from 1
     * @param cells those that have a score
     * @param epochs of pre-training
     * @param values {@code mean}; from two scores on {@code deviation} (n - 1) and {@code standard-error} of the mean
     */
    public record Candidate(
            long rank, String group, String recipe, List<String> cells, long epochs, Map<String, Double> values) {
        public Candidate {
            cells = List.copyOf(cells);
            values = Collections.unmodifiableMap(new TreeMap<>(values));
        }
    }

    /**
     * A network that may be tested.
     *
     * @param role {@code chosen} or {@code baseline}
     * @param heldout its own held-out score
     * @param checkpointSha256 which network that is
     */
    public record Tested(String cell, String group, String role, double heldout, String checkpointSha256) {}

    /** A cell that has no score, and why. */
    public record Gap(String cell, String group, String reason) {}

    public Selection {
        if (!schema.equals(SCHEMA)) {
            throw new IllegalArgumentException("schema: found '" + schema + "': must be " + SCHEMA);
        }
        candidates = List.copyOf(candidates);
        tested = List.copyOf(tested);
        gaps = List.copyOf(gaps);
        counts = Collections.unmodifiableMap(new TreeMap<>(counts));
        String own = choice(by, candidates, tested);
        if (!choiceSha256.equals(own)) {
            throw new IllegalArgumentException("choice-sha256: found '" + choiceSha256 + "': must be " + own
                    + ", the checksum of by, candidates and tested");
        }
    }

    /** With the checksum of its choice. */
    public Selection(
            String schema,
            String by,
            String chosen,
            String baseline,
            String rule,
            List<Candidate> candidates,
            List<Tested> tested,
            List<Gap> gaps,
            Map<String, Long> counts,
            Provenance provenance) {
        this(
                schema,
                by,
                chosen,
                baseline,
                rule,
                candidates,
                tested,
                gaps,
                counts,
                choice(by, candidates, tested),
                provenance);
    }

    private static String choice(String by, List<Candidate> candidates, List<Tested> tested) {
        StringBuilder text = new StringBuilder(by).append('\n');
        candidates.forEach(candidate -> text.append(Json.line(candidate)).append('\n'));
        tested.forEach(network -> text.append(network.cell())
                .append(' ')
                .append(network.checkpointSha256())
                .append('\n'));
        return Hashes.sha256(text.toString());
    }

    /** Reads and checks {@code selection.json}. */
    public static Selection read(Path file) {
        return Json.read(file, Selection.class);
    }

    /** Writes it atomically. */
    public void write(Path file) {
        Json.write(file, this);
    }

    /** The smallest valid one: nothing chosen. */
    public static Selection empty() {
        return new Selection(
                SCHEMA, "", "", "", "", List.of(), List.of(), List.of(), Map.of(), Provenance.ofCode("", 0));
    }
}
