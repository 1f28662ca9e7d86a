package viewfit.core.data;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import viewfit.core.metrics.Provenance;

/**
 * {@code split.json}: what the split stage did.
 *
 * @param schema {@code split/1}
 * @param heldoutPerClass how many were asked for
 * @param heldoutRule the rule for small classes, in words
 * @param counts images per file, such as {@code train}
 * @param files checksum per file, such as {@code train.csv}
 * @param classes counts per class, in label order; none for images without labels
 * @param labels where each label subset comes from
 * @param notes what a reader should know, one sentence each
 * @param treeSha256 checksum of names, classes and contents of the image folder
 * @param provenance code and seed; its manifest checksum is that of {@code train.csv}
 */
public record SplitReport(
        String schema,
        long heldoutPerClass,
        String heldoutRule,
        Map<String, Long> counts,
        Map<String, String> files,
        List<ClassCount> classes,
        List<LabelSource> labels,
        List<String> notes,
        String treeSha256,
        Provenance provenance) {
    public static final String SCHEMA = "split/1";

    /**
     * Images of one class.
     *
     * @param label class index
     * @param name folder name
     * @param train images to train on
     * @param heldout images held out
     * @param test images of the val folder
     * @param labels1pct images of the 1 % subset
     * @param labels10pct images of the 10 % subset
     * @param heldoutRule {@code N per class}, or {@code half of the class} where that is fewer
     */
    public record ClassCount(
            int label,
            String name,
            long train,
            long heldout,
            long test,
            long labels1pct,
            long labels10pct,
            String heldoutRule) {}

    /**
     * Where a label subset comes from.
     *
     * @param file {@code labels-1pct} or {@code labels-10pct}
     * @param kind {@code drawn}; of a given list {@code SimCLR 1 %}, {@code SimCLR 10 %} or {@code own list}
     * @param sha256 of the given list; empty if drawn
     * @param names that it has; 0 if drawn
     * @param used images of the subset
     * @param heldout names that are not used since they are held out
     * @param absent names that the image folder does not have
     * @param fewest images of a class that has any
     * @param most images of a class
     */
    public record LabelSource(
            String file,
            String kind,
            String sha256,
            long names,
            long used,
            long heldout,
            long absent,
            long fewest,
            long most) {}

    public SplitReport {
        if (!schema.equals(SCHEMA)) {
            throw new IllegalArgumentException("schema: found '" + schema + "': must be " + SCHEMA);
        }
        counts = Collections.unmodifiableMap(new TreeMap<>(counts));
        files = Collections.unmodifiableMap(new TreeMap<>(files));
        classes = List.copyOf(classes);
        labels = List.copyOf(labels);
        notes = List.copyOf(notes);
    }
}
