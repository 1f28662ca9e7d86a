package viewfit.core.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import viewfit.core.contract.StageFailure;
import viewfit.core.random.SeedTree;

/** A split is a partition that depends on seed and paths alone. */
class SplitterTest {
    private static ManifestRow row(int label, int index) {
        return new ManifestRow("train/c" + label + "/" + index + ".jpg", label, 1, "00");
    }

    private static List<ManifestRow> images(List<Integer> sizes) {
        List<ManifestRow> rows = new ArrayList<>();
        for (int label = 0; label < sizes.size(); label++) {
            for (int i = 0; i < sizes.get(label); i++) {
                rows.add(row(label, i));
            }
        }
        return rows;
    }

    private static List<ManifestRow> shuffled(List<ManifestRow> rows, long seed) {
        List<ManifestRow> out = new ArrayList<>();
        for (int i : SeedTree.root(seed).stream().permutation(rows.size())) {
            out.add(rows.get(i));
        }
        return out;
    }

    private static Map<Integer, Integer> counts(List<ManifestRow> rows) {
        Map<Integer, Integer> counts = new TreeMap<>();
        rows.forEach(row -> counts.merge(row.label(), 1, Integer::sum));
        return counts;
    }

    @Provide
    Arbitrary<List<Integer>> sizes() {
        return Arbitraries.integers().between(1, 60).list().ofMinSize(1).ofMaxSize(12);
    }

    @Property(tries = 200)
    void everyImageIsInExactlyOnePart(
            @ForAll("sizes") List<Integer> sizes, @ForAll @IntRange(max = 40) int n, @ForAll long seed) {
        List<ManifestRow> all = images(sizes);
        Splitter.Parts parts = new Splitter(seed, n).divide(all);
        Set<ManifestRow> union = new HashSet<>(parts.train());
        union.addAll(parts.heldout());
        assertEquals(all.size(), parts.train().size() + parts.heldout().size());
        assertEquals(new HashSet<>(all), union);
        Map<Integer, Integer> heldout = counts(parts.heldout());
        for (int label = 0; label < sizes.size(); label++) {
            assertEquals(Math.min(n, sizes.get(label) / 2), heldout.getOrDefault(label, 0), "class " + label);
        }
    }

    @Property(tries = 100)
    void fileOrderDoesNotMatter(@ForAll("sizes") List<Integer> sizes, @ForAll long seed) {
        List<ManifestRow> all = images(sizes);
        Splitter splitter = new Splitter(seed, 10);
        Splitter.Parts a = splitter.divide(all);
        Splitter.Parts b = splitter.divide(shuffled(all, seed + 1));
        assertEquals(Set.copyOf(a.heldout()), Set.copyOf(b.heldout()));
        assertEquals(Set.copyOf(splitter.labels(a.train(), 0.1)), Set.copyOf(splitter.labels(b.train(), 0.1)));
    }

    @Property(tries = 100)
    void anotherClassDoesNotChangeWhoIsHeldOut(@ForAll("sizes") List<Integer> sizes, @ForAll long seed) {
        List<Integer> more = new ArrayList<>(sizes);
        more.add(30);
        Splitter splitter = new Splitter(seed, 10);
        Set<ManifestRow> before = Set.copyOf(splitter.divide(images(sizes)).heldout());
        Set<ManifestRow> after = splitter.divide(images(more)).heldout().stream()
                .filter(row -> row.label() < sizes.size())
                .collect(Collectors.toSet());
        assertEquals(before, after);
    }

    @Property(tries = 200)
    void labelSubsetsAreBalancedNestedAndNeverEmpty(@ForAll("sizes") List<Integer> sizes, @ForAll long seed) {
        List<ManifestRow> train = images(sizes);
        Splitter splitter = new Splitter(seed, 0);
        List<ManifestRow> one = splitter.labels(train, 0.01);
        List<ManifestRow> ten = splitter.labels(train, 0.1);
        assertTrue(new HashSet<>(ten).containsAll(one));
        assertTrue(new HashSet<>(train).containsAll(ten));
        int target = Math.max(sizes.size(), train.size() / 10);
        Map<Integer, Integer> counts = counts(ten);
        for (int label = 0; label < sizes.size(); label++) {
            int count = counts.getOrDefault(label, 0);
            int share = target / sizes.size();
            assertTrue(count >= Math.min(share, sizes.get(label)) && count <= share + 1 && count >= 1);
        }
    }

    @Example
    void imageNetHasTheCountsOfTheKnownLists() {
        // 1000 classes, 1,281,167 images: 12,811 as 811 x 13 + 189 x 12, and 128,116 as 116 x 129 + 884 x 128.
        List<ManifestRow> rows = new ArrayList<>();
        for (int label = 0; label < 1000; label++) {
            int size = label < 167 ? 1282 : 1281;
            for (int i = 0; i < size; i++) {
                rows.add(row(label, i));
            }
        }
        assertEquals(1_281_167, rows.size());
        Splitter splitter = new Splitter(0, 50);
        Map<Integer, Integer> one = counts(splitter.labels(rows, 0.01));
        assertEquals(811, one.values().stream().filter(n -> n == 13).count());
        assertEquals(189, one.values().stream().filter(n -> n == 12).count());
        Map<Integer, Integer> ten = counts(splitter.labels(rows, 0.1));
        assertEquals(116, ten.values().stream().filter(n -> n == 129).count());
        assertEquals(884, ten.values().stream().filter(n -> n == 128).count());
    }

    @Example
    void anotherSeedIsAnotherDraw() {
        List<ManifestRow> all = images(List.of(100));
        assertTrue(!new Splitter(0, 10)
                .divide(all)
                .heldout()
                .equals(new Splitter(1, 10).divide(all).heldout()));
    }

    @Example
    void imagesWithoutLabelsAllStayInTrain() {
        List<ManifestRow> rows = List.of(new ManifestRow("a.jpg", -1, 1, ""), new ManifestRow("b.jpg", -1, 1, ""));
        Splitter.Parts parts = new Splitter(0, 1).divide(rows);
        assertEquals(rows, parts.train());
        assertEquals(List.of(), new Splitter(0, 1).labels(rows, 0.1));
    }

    @Example
    void aGivenListIsTakenByFileName() {
        Splitter.Parts parts = new Splitter.Parts(List.of(row(0, 1), row(0, 2)), List.of(row(0, 3)));
        Splitter.Listed listed = Splitter.listed(List.of("2.jpg", "x/3.jpg", "9.jpg "), "l.txt", parts);
        assertEquals(List.of(row(0, 2)), listed.rows());
        assertEquals(1, listed.heldout());
        assertEquals(1, listed.absent());
        assertThrows(StageFailure.class, () -> Splitter.listed(List.of("9.jpg"), "l.txt", parts));
        Splitter.Parts twice = new Splitter.Parts(List.of(row(0, 1), row(1, 1)), List.of());
        assertThrows(StageFailure.class, () -> Splitter.listed(List.of("1.jpg"), "l.txt", twice));
    }
}
