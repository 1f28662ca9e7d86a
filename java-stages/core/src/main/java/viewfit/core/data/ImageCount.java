package viewfit.core.data;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many images a data set has to divide, by their names alone: none is opened, so damaged ones count.
 *
 * @param byLabel class index, or -1, to its images
 */
public record ImageCount(Map<Integer, Integer> byLabel) {
    public ImageCount {
        byLabel = Collections.unmodifiableMap(new TreeMap<>(byLabel));
    }

    /**
     * Counts the images of a folder, a list, a tar or an HDF5 file.
     *
     * @throws viewfit.core.contract.StageFailure as {@link ImageFolder#scan} if it is not laid out as a data set
     */
    public static ImageCount of(Path images) {
        Map<Integer, Integer> counts = new TreeMap<>();
        ImageFolder.listing(images).train().forEach(entry -> counts.merge(entry.label(), 1, Integer::sum));
        return new ImageCount(counts);
    }

    /** Number of classes; 0 without labels. */
    public int classes() {
        return (int) byLabel.keySet().stream().filter(label -> label >= 0).count();
    }

    /** How many of the images are left to train on, as {@link Splitter#divide} holds them out. */
    public int train(int heldoutPerClass) {
        Splitter splitter = new Splitter(0, heldoutPerClass);
        return byLabel.entrySet().stream()
                .mapToInt(e -> e.getValue() - (e.getKey() < 0 ? 0 : splitter.heldoutOf(e.getValue())))
                .sum();
    }
}
