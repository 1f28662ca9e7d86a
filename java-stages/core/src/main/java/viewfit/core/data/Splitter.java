package viewfit.core.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.random.SeedTree;

/**
 * Divides labelled images into train and held-out, and draws class-balanced label subsets from train.
 *
 * <p>Membership is a matter of the address (seed, path) alone: within a class, images are ranked by the number their
 * path has under the seed, and the first ones are taken. So neither the order of the files nor the images of other
 * classes change who is held out.
 *
 * <p>Held-out: the first N of each class, but never more than half of it, rounded down. Label subsets: a share of all
 * train images, divided evenly over the classes, the remainder one each to the first classes in the order of their own
 * numbers, at least one per class (Chen et al. 2020 drew the 1 % and 10 % of ImageNet with the same counts). A class with
 * fewer images gives all it has. The 1 % subset lies in the 10 % subset since both take the first ones of one ranking.
 */
public final class Splitter {
    private final SeedTree seeds;
    private final int heldoutPerClass;

    /**
     * @param seed root of the draw
     * @param heldoutPerClass N above; 0 holds nothing out
     */
    public Splitter(long seed, int heldoutPerClass) {
        if (heldoutPerClass < 0) {
            throw new IllegalArgumentException("held-out per class " + heldoutPerClass + ": must be >= 0");
        }
        this.seeds = SeedTree.root(seed).at("split");
        this.heldoutPerClass = heldoutPerClass;
    }

    /** The two parts, each in the order of the images given. */
    public record Parts(List<ManifestRow> train, List<ManifestRow> heldout) {}

    /** How many of a class of {@code size} images are held out. */
    public int heldoutOf(int size) {
        return Math.min(heldoutPerClass, size / 2);
    }

    /** Divides the images; images without label all stay in train, since nothing could be scored on them. */
    public Parts divide(List<ManifestRow> images) {
        Set<String> heldout = new HashSet<>();
        byClass(images).forEach((label, rows) -> ranked(rows, "heldout")
                .subList(0, label < 0 ? 0 : heldoutOf(rows.size()))
                .forEach(row -> heldout.add(row.path())));
        return new Parts(
                images.stream().filter(row -> !heldout.contains(row.path())).toList(),
                images.stream().filter(row -> heldout.contains(row.path())).toList());
    }

    /**
     * A class-balanced subset.
     *
     * @param train labelled images
     * @param share of all of them, in 0 .. 1
     */
    public List<ManifestRow> labels(List<ManifestRow> train, double share) {
        Map<Integer, List<ManifestRow>> classes = byClass(train);
        classes.remove(-1);
        if (classes.isEmpty()) {
            return List.of();
        }
        int images = classes.values().stream().mapToInt(List::size).sum();
        // A tenth is not exact in binary; without the nudge 0.1 of 30 images could be 2.
        int target = Math.max(classes.size(), (int) Math.floor(share * images + 1e-9));
        List<Integer> order = new ArrayList<>(classes.keySet());
        order.sort(Comparator.comparing(
                        (Integer label) -> seeds.at("classes").at(label).seed())
                .thenComparing(label -> label));
        Set<String> chosen = new HashSet<>();
        for (int i = 0; i < order.size(); i++) {
            List<ManifestRow> rows = classes.getOrDefault(order.get(i), List.of());
            int count = target / order.size() + (i < target % order.size() ? 1 : 0);
            ranked(rows, "labels").subList(0, Math.min(count, rows.size())).forEach(row -> chosen.add(row.path()));
        }
        return train.stream().filter(row -> chosen.contains(row.path())).toList();
    }

    /**
     * The given subset of train and how the list was met.
     *
     * @param rows in the order of train
     * @param heldout how many listed images are held out and therefore not used
     * @param absent how many listed names the image folder does not have
     */
    public record Listed(List<ManifestRow> rows, int heldout, int absent) {}

    /**
     * The train images a list names by file name.
     *
     * @param names file names, folders before them are ignored
     * @throws StageFailure {@link ExitCode#BAD_DATA} if none is found or a name stands for several images
     */
    public static Listed listed(List<String> names, String where, Parts parts) {
        Map<String, @Nullable ManifestRow> train = byName(parts.train(), where);
        Map<String, @Nullable ManifestRow> heldout = byName(parts.heldout(), where);
        Set<String> chosen = new HashSet<>();
        int held = 0;
        int absent = 0;
        for (String line : names) {
            String name = fileName(line.strip());
            ManifestRow row = train.get(name);
            if (row != null) {
                chosen.add(row.path());
            } else if (heldout.containsKey(name)) {
                held++;
            } else {
                absent++;
            }
        }
        if (chosen.isEmpty()) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    where + ": found none of its " + names.size() + " names in train: must be one file name per line");
        }
        List<ManifestRow> rows = parts.train().stream()
                .filter(row -> chosen.contains(row.path()))
                .toList();
        return new Listed(rows, held, absent);
    }

    private static Map<String, @Nullable ManifestRow> byName(List<ManifestRow> rows, String where) {
        Map<String, @Nullable ManifestRow> byName = new HashMap<>();
        for (ManifestRow row : rows) {
            ManifestRow other = byName.put(fileName(row.path()), row);
            if (other != null) {
                throw new StageFailure(
                        ExitCode.BAD_DATA,
                        where + ": found " + other.path() + " and " + row.path()
                                + ": a list needs file names that are unique in the image folder");
            }
        }
        return byName;
    }

    private static String fileName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private record Ranked(long number, ManifestRow row) {}

    private List<ManifestRow> ranked(List<ManifestRow> rows, String purpose) {
        SeedTree branch = seeds.at(purpose);
        return rows.stream()
                .map(row -> new Ranked(branch.at(row.path()).seed(), row))
                .sorted(Comparator.comparingLong(Ranked::number)
                        .thenComparing(ranked -> ranked.row().path(), ByteOrder.TEXT))
                .map(Ranked::row)
                .toList();
    }

    private static Map<Integer, List<ManifestRow>> byClass(List<ManifestRow> images) {
        Map<Integer, List<ManifestRow>> classes = new TreeMap<>();
        images.forEach(row ->
                classes.computeIfAbsent(row.label(), label -> new ArrayList<>()).add(row));
        return classes;
    }
}
