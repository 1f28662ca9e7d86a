package viewfit.report.results;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import viewfit.core.data.Quarantine;
import viewfit.core.select.HalvingRow;

/**
 * All cells of a sweep in the order they were asked for.
 *
 * @param root folder the files were found in; sources on the page are given relative to it
 * @param cells every cell asked for, also those without any result
 * @param split counts per split; null when not given
 * @param quarantines damaged images by the table that lists them
 * @param gaps tasks that failed while the sweep went on
 * @param selected what was chosen and tested; null without a selection
 * @param shows figures and tables that the sweep was made for; empty where its grid names none
 * @param halvings decisions of successive halving, by epoch; empty where nothing was stopped early
 * @param strangers folders or files with results that are not of this sweep, and are left out, with the reason
 */
public record Results(
        Path root,
        List<CellResult> cells,
        @Nullable JsonNode split,
        Map<Path, Quarantine> quarantines,
        List<Gap> gaps,
        @Nullable Selected selected,
        List<Show> shows,
        List<HalvingRow> halvings,
        Map<Path, String> strangers) {
    public Results {
        strangers = Collections.unmodifiableMap(new LinkedHashMap<>(strangers));
        shows = List.copyOf(shows);
        halvings = List.copyOf(halvings);
        cells = List.copyOf(cells);
        gaps = List.copyOf(gaps);
        quarantines = Collections.unmodifiableMap(new LinkedHashMap<>(quarantines));
    }

    /** The same with other cells. */
    public Results withCells(List<CellResult> others) {
        return new Results(root, others, split, quarantines, gaps, selected, shows, halvings, strangers);
    }

    /** What is compared, in order of first appearance. */
    public List<String> variants() {
        Set<String> variants = new LinkedHashSet<>();
        cells.forEach(c -> variants.add(c.cell().variant()));
        return List.copyOf(variants);
    }

    /** Seeds in ascending order. */
    public List<Long> seeds() {
        Set<Long> seeds = new TreeSet<>();
        cells.forEach(c -> seeds.add(c.cell().seed()));
        return List.copyOf(seeds);
    }

    /** Cells of one variant. */
    public List<CellResult> of(String variant) {
        return cells.stream().filter(c -> c.cell().variant().equals(variant)).toList();
    }

    /** Label fractions anyone was fine-tuned on, smallest first. */
    public List<String> fractions() {
        Set<String> fractions = new LinkedHashSet<>();
        cells.forEach(c -> fractions.addAll(c.finetune().keySet()));
        List<String> sorted = new ArrayList<>(fractions);
        sorted.sort(java.util.Comparator.comparingDouble(Results::percent).thenComparing(f -> f));
        return sorted;
    }

    private static double percent(String fraction) {
        String digits = fraction.replaceFirst("pct$", "");
        return digits.matches("\\d+") ? Double.parseDouble(digits) : Double.MAX_VALUE;
    }

    /** A file as the page names it. */
    public String source(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        Path base = root.toAbsolutePath().normalize();
        String name = absolute.startsWith(base) && !absolute.equals(base)
                ? base.relativize(absolute).toString()
                : absolute.getFileName().toString();
        return name.replace('\\', '/');
    }
}
