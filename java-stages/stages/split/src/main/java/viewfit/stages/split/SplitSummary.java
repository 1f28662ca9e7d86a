package viewfit.stages.split;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import viewfit.core.data.ImageFolder;
import viewfit.core.data.ManifestRow;
import viewfit.core.data.SplitReport;
import viewfit.core.data.SplitReport.ClassCount;
import viewfit.core.data.Splitter;
import viewfit.core.metrics.Provenance;

/** Counts what the split did, per class and in total. */
record SplitSummary(
        ImageFolder folder,
        Splitter splitter,
        int heldoutPerClass,
        Map<String, List<ManifestRow>> files,
        List<SplitReport.LabelSource> labels,
        Map<String, String> hashes) {
    private static final String RULE =
            "per class the first N in the order of hash(seed, path), never more than half of the class";

    SplitReport report(List<String> given, long seed) {
        List<String> notes = new ArrayList<>(given);
        List<ClassCount> classes = classes();
        long small = classes.stream().filter(c -> c.heldout() < heldoutPerClass).count();
        if (small > 0) {
            notes.add(String.format(
                    Locale.ROOT,
                    "%d of %d classes have fewer than %d images to hold out and keep half of theirs.",
                    small,
                    classes.size(),
                    heldoutPerClass));
        }
        if (folder.val().isEmpty()) {
            notes.add("No val folder: test.csv is empty.");
        }
        Map<String, Long> counts = new LinkedHashMap<>();
        files.forEach((name, rows) -> counts.put(name, (long) rows.size()));
        counts.put("damaged", (long) folder.damaged().rows().size());
        counts.put("classes", (long) classes.size());
        return new SplitReport(
                SplitReport.SCHEMA,
                heldoutPerClass,
                RULE,
                counts,
                hashes,
                classes,
                labels,
                notes,
                folder.sha256(),
                Provenance.ofCode(hashes.getOrDefault("train.csv", ""), seed));
    }

    static SplitReport empty() {
        return new SplitReport(
                SplitReport.SCHEMA,
                0,
                RULE,
                Map.of(),
                Map.of(),
                List.of(),
                List.of(),
                List.of("stub run: nothing was divided"),
                "",
                Provenance.ofCode("", 0));
    }

    private List<ClassCount> classes() {
        Map<String, long[]> counts = new LinkedHashMap<>();
        files.forEach((name, rows) -> counts.put(name, perClass(rows)));
        List<ClassCount> classes = new ArrayList<>();
        for (int label = 0; label < folder.classes().count(); label++) {
            long heldout = at(counts, "heldout", label);
            String rule = heldout < heldoutPerClass ? "half of the class" : heldoutPerClass + " per class";
            classes.add(new ClassCount(
                    label,
                    folder.classes().names().get(label),
                    at(counts, "train", label),
                    heldout,
                    at(counts, "test", label),
                    at(counts, "labels-1pct", label),
                    at(counts, "labels-10pct", label),
                    rule));
        }
        return classes;
    }

    private long[] perClass(List<ManifestRow> rows) {
        long[] counts = new long[folder.classes().count()];
        rows.stream().filter(row -> row.label() >= 0).forEach(row -> counts[row.label()]++);
        return counts;
    }

    private static long at(Map<String, long[]> counts, String file, int label) {
        return counts.getOrDefault(file, new long[label + 1])[label];
    }
}
