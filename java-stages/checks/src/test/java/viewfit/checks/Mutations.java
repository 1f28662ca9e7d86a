package viewfit.checks;

import java.util.Arrays;
import java.util.function.Consumer;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;

/**
 * What storage and transport do to a file: single bits flip, it ends early, blocks become zeros or ones, a piece comes twice.
 * The same damage for the same name, whoever asks.
 */
public final class Mutations {
    private static final long SEED = 6;
    private static final int FLIPS = 120;
    private static final int CUTS = 16;
    private static final int BLOCKS = 24;

    /** Damage near a border hits what says how the rest is to be read. */
    private static final int NEAR = 24;

    private Mutations() {}

    /**
     * A damaged file.
     *
     * @param name what was done, with its place
     */
    public record Mutation(String name, byte[] bytes) {}

    /**
     * Damages a file in some hundred ways; none of them leaves it as it was.
     *
     * @param kind name of the file's kind, which the choice depends on
     * @param borders places where one part of the file ends and another begins, its start and end aside
     */
    static void each(String kind, byte[] whole, int[] borders, Consumer<Mutation> use) {
        Consumer<Mutation> changed = m -> {
            if (!Arrays.equals(m.bytes(), whole)) {
                use.accept(m);
            }
        };
        SeedTree seeds = SeedTree.root(SEED).at(kind);
        int[] places = borders.length == 0 ? new int[] {0} : borders;
        flips(whole, places, seeds.at("flip").stream(), changed);
        cuts(whole, places, seeds.at("cut").stream(), changed);
        blocks(whole, places, seeds.at("block").stream(), changed);
        changed.accept(new Mutation("empty", new byte[0]));
        changed.accept(new Mutation("doubled", spliced(whole, 0, whole.length, whole.length)));
        RandomStream random = seeds.at("twice").stream();
        for (int i = 0; i < 8; i++) {
            int from = place(whole, places, random, i);
            int to = Math.min(whole.length, from + 1 + random.nextInt(64));
            changed.accept(new Mutation("twice " + from + " to " + to, spliced(whole, from, to, to)));
        }
    }

    private static void flips(byte[] whole, int[] borders, RandomStream random, Consumer<Mutation> use) {
        for (int i = 0; i < FLIPS; i++) {
            byte[] bytes = whole.clone();
            int at = place(whole, borders, random, i);
            int bit = random.nextInt(8);
            bytes[at] ^= (byte) (1 << bit);
            use.accept(new Mutation("bit " + bit + " of byte " + at, bytes));
        }
    }

    private static void cuts(byte[] whole, int[] borders, RandomStream random, Consumer<Mutation> use) {
        for (int i = 0; i < CUTS; i++) {
            cut(whole, random.nextInt(whole.length), use);
        }
        cut(whole, whole.length - 1, use);
        for (int b = 0; b < Math.min(CUTS, borders.length); b++) {
            int border = borders[borders.length <= CUTS ? b : random.nextInt(borders.length)];
            for (int length = border - 1; length <= border + 1; length++) {
                cut(whole, Math.max(0, Math.min(length, whole.length)), use);
            }
        }
    }

    private static void cut(byte[] whole, int length, Consumer<Mutation> use) {
        use.accept(new Mutation("cut to " + length, Arrays.copyOf(whole, length)));
    }

    /** Zeros as a lost block gives; ones, so that lengths become enormous or negative. */
    private static void blocks(byte[] whole, int[] borders, RandomStream random, Consumer<Mutation> use) {
        for (int i = 0; i < BLOCKS; i++) {
            byte[] bytes = whole.clone();
            int from = place(whole, borders, random, i);
            boolean zeros = i % 4 < 2;
            int most = i % 8 < 4 ? 8 : Math.max(1, whole.length / 4);
            int to = Math.min(whole.length, from + 1 + random.nextInt(most));
            Arrays.fill(bytes, from, to, (byte) (zeros ? 0 : 0xff));
            use.accept(new Mutation((zeros ? "zeros " : "ones ") + from + " to " + to, bytes));
        }
        // 2^60 and 2^31 as numbers of eight bytes.
        for (int i = 0; i < BLOCKS / 2; i++) {
            byte[] bytes = whole.clone();
            int from = place(whole, borders, random, 1);
            for (int b = 0; b < Long.BYTES && from + b < bytes.length; b++) {
                bytes[from + b] = (byte) (b == (i % 2 == 0 ? 7 : 3) ? 0x10 : 0);
            }
            use.accept(new Mutation("a huge number at " + from, bytes));
        }
    }

    /** Every other one somewhere in the file, the rest near a border, or the start, or the end. */
    private static int place(byte[] whole, int[] borders, RandomStream random, int i) {
        if (i % 2 == 0) {
            return random.nextInt(whole.length);
        }
        int side = random.nextInt(8);
        int border = side == 0 ? 0 : side == 1 ? whole.length : borders[random.nextInt(borders.length)];
        return Math.max(0, Math.min(whole.length - 1, border + random.nextInt(2 * NEAR) - NEAR));
    }

    private static byte[] spliced(byte[] whole, int from, int to, int at) {
        byte[] bytes = new byte[whole.length + to - from];
        System.arraycopy(whole, 0, bytes, 0, at);
        System.arraycopy(whole, from, bytes, at, to - from);
        System.arraycopy(whole, at, bytes, at + to - from, whole.length - at);
        return bytes;
    }
}
