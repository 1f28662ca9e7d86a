package viewfit.stages.split;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import viewfit.core.data.Classes;
import viewfit.core.data.GivenList;
import viewfit.core.data.ManifestRow;
import viewfit.core.data.SplitReport.LabelSource;
import viewfit.core.data.Splitter;
import viewfit.core.files.AtomicFiles;

/** A label subset, drawn or given, and where it comes from. */
record LabelSubset(List<ManifestRow> rows, LabelSource source, List<String> notes) {
    LabelSubset {
        notes = List.copyOf(notes);
    }

    /**
     * @param file name of the manifest, without its ending
     * @param list given list; null draws the subset
     * @param share of the train images
     */
    static LabelSubset of(
            String file, @Nullable Path list, double share, Splitter splitter, Splitter.Parts parts, Classes classes) {
        if (list == null) {
            List<ManifestRow> rows = splitter.labels(parts.train(), share);
            return new LabelSubset(rows, source(file, "drawn", "", 0, rows, 0, 0), List.of());
        }
        GivenList given = GivenList.read(list, share, classes);
        Splitter.Listed listed = Splitter.listed(given.names(), list.toString(), parts);
        given.requireClasses(listed.rows(), classes);
        LabelSource source = source(
                file,
                given.kind(),
                given.sha256(),
                given.names().size(),
                listed.rows(),
                listed.heldout(),
                listed.absent());
        String note = String.format(
                Locale.ROOT,
                "%s: %s, sha256 %s: %d of its %d names are used, %d to %d a class; %d are held out, %d are not in the image"
                        + " folder.",
                AtomicFiles.name(list),
                source.kind(),
                source.sha256(),
                source.used(),
                source.names(),
                source.fewest(),
                source.most(),
                source.heldout(),
                source.absent());
        return new LabelSubset(listed.rows(), source, List.of(note));
    }

    private static LabelSource source(
            String file, String kind, String sha256, long names, List<ManifestRow> rows, long heldout, long absent) {
        Map<Integer, Long> counts =
                rows.stream().collect(Collectors.groupingBy(ManifestRow::label, Collectors.counting()));
        long fewest = counts.values().stream().mapToLong(n -> n).min().orElse(0);
        long most = counts.values().stream().mapToLong(n -> n).max().orElse(0);
        return new LabelSource(file, kind, sha256, names, rows.size(), heldout, absent, fewest, most);
    }
}
