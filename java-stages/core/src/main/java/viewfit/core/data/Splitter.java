package viewfit.core.data;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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

    /** The two parts, each in the order of the images given; kept as bytes ({@link ManifestRows}). */
    public record Parts(List<ManifestRow> train, List<ManifestRow> heldout) {
        public Parts {
            train = ManifestRows.of(train);
            heldout = ManifestRows.of(heldout);
        }
    }

    /** How many of a class of {@code size} images are held out. */
    public int heldoutOf(int size) {
        return Math.min(heldoutPerClass, size / 2);
    }

    /** Divides the images; images without label all stay in train, since nothing could be scored on them. */
    public Parts divide(List<ManifestRow> images) {
        BitSet heldout = new BitSet(images.size());
        byClass(images).forEach((label, rows) -> {
            if (label >= 0) {
                first(heldoutOf(rows.size()), images, rows, "heldout", heldout);
            }
        });
        BitSet train = new BitSet(images.size());
        train.set(0, images.size());
        train.andNot(heldout);
        return new Parts(chosen(images, train), chosen(images, heldout));
    }

    /**
     * A class-balanced subset.
     *
     * @param train labelled images
     * @param share of all of them, in 0 .. 1
     */
    public List<ManifestRow> labels(List<ManifestRow> train, double share) {
        Map<Integer, List<Integer>> classes = byClass(train);
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
        BitSet chosen = new BitSet(train.size());
        for (int i = 0; i < order.size(); i++) {
            List<Integer> rows = classes.getOrDefault(order.get(i), List.of());
            int count = target / order.size() + (i < target % order.size() ? 1 : 0);
            first(Math.min(count, rows.size()), train, rows, "labels", chosen);
        }
        return chosen(train, chosen);
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
     * @throws StageFailure {@link ExitCode#BAD_DATA} if none is found or a name of the list stands for several images
     */
    public static Listed listed(List<String> names, String where, Parts parts) {
        Set<String> wanted = new HashSet<>();
        names.forEach(line -> wanted.add(fileName(line.strip())));
        Map<String, Integer> train = byName(parts.train(), wanted, where);
        Map<String, Integer> heldout = byName(parts.heldout(), wanted, where);
        BitSet chosen = new BitSet(parts.train().size());
        int held = 0;
        int absent = 0;
        for (String line : names) {
            String name = fileName(line.strip());
            Integer row = train.get(name);
            if (row != null) {
                chosen.set(row);
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
        return new Listed(chosen(parts.train(), chosen), held, absent);
    }

    /** Places of the images that have one of these file names. */
    private static Map<String, Integer> byName(List<ManifestRow> rows, Set<String> wanted, String where) {
        Map<String, Integer> byName = new HashMap<>();
        int place = 0;
        for (ManifestRow row : rows) {
            String name = fileName(row.path());
            Integer other = wanted.contains(name) ? byName.put(name, place) : null;
            if (other != null) {
                throw new StageFailure(
                        ExitCode.BAD_DATA,
                        where + ": found " + rows.get(other).path() + " and " + row.path()
                                + ": a list needs file names that are unique in the image folder");
            }
            place++;
        }
        return byName;
    }

    private static String fileName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private record Ranked(long number, String path, int place) {}

    /** Marks the first images of one class in the order of their numbers under the seed. */
    private void first(int count, List<ManifestRow> images, List<Integer> places, String purpose, BitSet into) {
        SeedTree branch = seeds.at(purpose);
        places.stream()
                .map(place -> {
                    String path = images.get(place).path();
                    return new Ranked(branch.at(path).seed(), path, place);
                })
                .sorted(Comparator.comparingLong(Ranked::number).thenComparing(Ranked::path, ByteOrder.TEXT))
                .limit(count)
                .forEach(ranked -> into.set(ranked.place()));
    }

    private static List<ManifestRow> chosen(List<ManifestRow> images, BitSet places) {
        ManifestRows.Builder rows = new ManifestRows.Builder();
        places.stream().forEach(place -> rows.add(images.get(place)));
        return rows.build();
    }

    /** Places of the images of each class. */
    private static Map<Integer, List<Integer>> byClass(List<ManifestRow> images) {
        Map<Integer, List<Integer>> classes = new TreeMap<>();
        int place = 0;
        for (ManifestRow row : images) {
            classes.computeIfAbsent(row.label(), label -> new ArrayList<>()).add(place);
            place++;
        }
        return classes;
    }
}
