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

    public SplitReport {
        if (!schema.equals(SCHEMA)) {
            throw new IllegalArgumentException("schema: found '" + schema + "': must be " + SCHEMA);
        }
        counts = Collections.unmodifiableMap(new TreeMap<>(counts));
        files = Collections.unmodifiableMap(new TreeMap<>(files));
        classes = List.copyOf(classes);
        notes = List.copyOf(notes);
    }
}
