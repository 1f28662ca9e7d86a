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
 * {@code selection.json}: the recipes that held-out scores chose, one for each method and backbone, and the cells that may be
 * scored on the test split. Training with labels is a reference and never chosen.
 *
 * @param schema {@code selection/2}
 * @param by value of the probe's {@code metrics.json} that the groups were ranked by, a fraction
 * @param rule how it was chosen, in words
 * @param choices one for each method and backbone with a score, in the order of the sweep
 * @param tested cells of the chosen groups and of their baselines that have a score
 * @param gaps cells of candidates without a score
 * @param counts {@code groups} and {@code cells} of the sweep, {@code references}, those of the cells that are trained with
 *     labels, {@code candidates}, {@code scored} cells, {@code heldout.images} of each score, {@code images.short-side} that
 *     the probes' images were shrunk to, or 0
 * @param choiceSha256 checksum of what was chosen from what: {@code by}, {@code candidates}, and of {@code tested} the cells
 *     and networks; that of another version of the code is the same, if it chose the same
 * @param provenance its recipe is the probe's and its manifest that of the images the probes were fitted on
 */
public record Selection(
        String schema,
        String by,
        String rule,
        List<Choice> choices,
        List<Tested> tested,
        List<Gap> gaps,
        Map<String, Long> counts,
        String choiceSha256,
        Provenance provenance) {
    public static final String SCHEMA = "selection/2";

    /** Role of the cells of a first rank, and of those beside them. */
    public static final String CHOSEN = "chosen";

    public static final String BASELINE = "baseline";

    /**
     * What was chosen among the groups of one method and backbone.
     *
     * @param chosen group of the first rank
     * @param baseline group that it is compared with; empty when there is none, and the chosen one if it is a baseline itself
     * @param candidates groups that have at least one score, best first
     */
    public record Choice(String method, String backbone, String chosen, String baseline, List<Candidate> candidates) {
        public Choice {
            candidates = List.copyOf(candidates);
        }

        /** Method and backbone as one. */
        public String kind() {
            return method + " " + backbone;
        }
    }

    /**
     * Cells that differ in their seed only.
     *
     * @param rank from 1, within its method and backbone
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
        choices = List.copyOf(choices);
        tested = List.copyOf(tested);
        gaps = List.copyOf(gaps);
        counts = Collections.unmodifiableMap(new TreeMap<>(counts));
        String own = choice(by, choices, tested);
        if (!choiceSha256.equals(own)) {
            throw new IllegalArgumentException("choice-sha256: found '" + choiceSha256 + "': must be " + own
                    + ", the checksum of by, candidates and tested");
        }
        for (Tested network : tested) {
            if (choices.stream().noneMatch(choice -> names(choice, network))) {
                throw new IllegalArgumentException("tested: found group '" + network.group()
                        + "': must be the chosen group or the baseline of one of choices");
            }
        }
    }

    /** With the checksum of its choice. */
    public Selection(
            String schema,
            String by,
            String rule,
            List<Choice> choices,
            List<Tested> tested,
            List<Gap> gaps,
            Map<String, Long> counts,
            Provenance provenance) {
        this(schema, by, rule, choices, tested, gaps, counts, choice(by, choices, tested), provenance);
    }

    private static String choice(String by, List<Choice> choices, List<Tested> tested) {
        StringBuilder text = new StringBuilder(by).append('\n');
        for (Choice choice : choices) {
            choice.candidates()
                    .forEach(candidate -> text.append(Json.line(candidate)).append('\n'));
        }
        tested.forEach(network -> text.append(network.cell())
                .append(' ')
                .append(network.checkpointSha256())
                .append('\n'));
        return Hashes.sha256(text.toString());
    }

    private static boolean names(Choice choice, Tested network) {
        return choice.chosen().equals(network.group()) || choice.baseline().equals(network.group());
    }

    /** The choice that a network is tested for. */
    public Choice choiceOf(Tested network) {
        return choices.stream()
                .filter(choice -> names(choice, network))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(network.cell() + " is of another selection"));
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
        return new Selection(SCHEMA, "", "", List.of(), List.of(), List.of(), Map.of(), Provenance.ofCode("", 0));
    }
}
