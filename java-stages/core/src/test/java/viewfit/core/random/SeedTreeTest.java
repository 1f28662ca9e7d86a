package viewfit.core.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Addresses give fixed, distinct, well-spread streams. Bounds are five standard deviations of the exact distribution. */
class SeedTreeTest {
    private static final int DRAWS = 100_000;

    /** The published generator with its state as a counter (Steele, Lea, Flood 2014). */
    private static long splitMix64(long state) {
        long z = state;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    @Test
    void theStreamIsSplitMix64() {
        // First values of the reference implementation for the states 0 and 1234567.
        assertEquals(0xe220a8397b1dcdafL, new RandomStream(0).nextLong());
        RandomStream stream = new RandomStream(1234567);
        assertEquals(6457827717110365317L, stream.nextLong());
        assertEquals(3203168211198807973L, stream.nextLong());
        long third = 1234567;
        for (int i = 0; i < 3; i++) {
            third += 0x9e3779b97f4a7c15L;
        }
        assertEquals(splitMix64(third), stream.nextLong());
    }

    @Test
    void theSameAddressGivesTheSameStream() {
        SeedTree a = SeedTree.root(7).at("views").at(3, 141, 5);
        SeedTree b = SeedTree.root(7).at("views").at(3).at(141).at(5);
        assertArrayEquals(draw(a), draw(b));
        assertArrayEquals(draw(a), draw(a));
        // A value written down: changing it changes every run ever made.
        assertEquals(
                -512440462991035863L,
                SeedTree.root(0).at("views").at(0, 0, 0).stream().nextLong());
    }

    @Test
    void everyPartOfAnAddressMatters() {
        Set<Long> firsts = new HashSet<>();
        int count = 0;
        for (long seed = 0; seed < 3; seed++) {
            for (String purpose : new String[] {"", "views", "viewt", "order", "orde"}) {
                for (long epoch = -1; epoch < 3; epoch++) {
                    for (long index = 0; index < 50; index++) {
                        for (long view = 0; view < 4; view++) {
                            SeedTree at = SeedTree.root(seed).at(purpose).at(epoch, index, view);
                            firsts.add(at.stream().nextLong());
                            firsts.add(at.seed());
                            count += 2;
                        }
                    }
                }
            }
        }
        assertEquals(count, firsts.size());
        SeedTree root = SeedTree.root(0);
        assertNotEquals(root.at(1, 2).seed(), root.at(2, 1).seed());
        assertNotEquals(root.at(0).seed(), root.at(0, 0).seed());
        assertNotEquals(root.seed(), root.at(0).seed());
    }

    @Test
    void neighbouringAddressesAreIndependent() {
        // The first value over 100,000 indices must look uniform: mean, and every one of 16 bins.
        int[] bins = new int[16];
        double sum = 0;
        for (int i = 0; i < DRAWS; i++) {
            double u = SeedTree.root(0).at("views").at(0, i, 0).stream().nextDouble();
            sum += u;
            bins[(int) (u * bins.length)]++;
        }
        assertEquals(0.5, sum / DRAWS, 5 * Math.sqrt(1.0 / 12 / DRAWS));
        double p = 1.0 / bins.length;
        for (int bin : bins) {
            assertEquals(p, (double) bin / DRAWS, 5 * Math.sqrt(p * (1 - p) / DRAWS));
        }
    }

    @Test
    void gaussiansHaveMeanZeroAndVarianceOne() {
        RandomStream stream = SeedTree.root(1).at("gauss").stream();
        double sum = 0;
        double squares = 0;
        double fourth = 0;
        for (int i = 0; i < DRAWS; i++) {
            double g = stream.nextGaussian();
            sum += g;
            squares += g * g;
            fourth += g * g * g * g;
        }
        assertEquals(0, sum / DRAWS, 5 / Math.sqrt(DRAWS));
        assertEquals(1, squares / DRAWS, 5 * Math.sqrt(2.0 / DRAWS));
        assertEquals(3, fourth / DRAWS, 5 * Math.sqrt(96.0 / DRAWS));
    }

    @Test
    void wholeNumbersAreUniformAndInRange() {
        RandomStream stream = SeedTree.root(1).at("int").stream();
        int[] counts = new int[7];
        for (int i = 0; i < DRAWS; i++) {
            counts[stream.nextInt(7)]++;
        }
        double p = 1.0 / 7;
        for (int count : counts) {
            assertEquals(p, (double) count / DRAWS, 5 * Math.sqrt(p * (1 - p) / DRAWS));
        }
        assertEquals(0, stream.nextInt(1));
        assertTrue(stream.nextInt(Integer.MAX_VALUE) >= 0);
        assertThrows(IllegalArgumentException.class, () -> stream.nextInt(0));
    }

    @Test
    void permutationsHoldEveryElementOnceAndVary() {
        int[] order = SeedTree.root(2).at("order").at(0).stream().permutation(1000);
        int[] sorted = order.clone();
        Arrays.sort(sorted);
        for (int i = 0; i < sorted.length; i++) {
            assertEquals(i, sorted[i]);
        }
        assertNotEquals(
                Arrays.toString(order),
                Arrays.toString(SeedTree.root(2).at("order").at(1).stream().permutation(1000)));
        assertEquals(0, SeedTree.root(2).stream().permutation(0).length);
        // All six orders of three elements come up.
        Set<String> orders = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            orders.add(Arrays.toString(SeedTree.root(2).at(i).stream().permutation(3)));
        }
        assertEquals(6, orders.size());
    }

    @Test
    void chancesAndIntervalsKeepTheirBounds() {
        RandomStream stream = SeedTree.root(3).stream();
        int hits = 0;
        for (int i = 0; i < DRAWS; i++) {
            hits += stream.chance(0.2) ? 1 : 0;
            double u = stream.uniform(-1, 3);
            assertTrue(u >= -1 && u < 3);
        }
        assertEquals(0.2, (double) hits / DRAWS, 5 * Math.sqrt(0.16 / DRAWS));
        assertTrue(stream.chance(1));
        assertTrue(!stream.chance(0));
        assertEquals(2, stream.uniform(2, 2));
    }

    private static long[] draw(SeedTree at) {
        RandomStream stream = at.stream();
        return new long[] {stream.nextLong(), stream.nextLong(), stream.nextLong()};
    }
}
