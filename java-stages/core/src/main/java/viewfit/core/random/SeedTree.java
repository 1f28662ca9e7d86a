package viewfit.core.random;

/**
 * An address in the tree of all random decisions of a run.
 *
 * <p>Randomness is addressed, not consumed: the stream for (seed, "views", epoch, index, view) is the same whichever
 * worker asks for it, in whatever order, and after any interruption. {@code at(a, b)} equals {@code at(a).at(b)}.
 * Immutable.
 */
public final class SeedTree {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final long KEY_STEP = 0xd1342543de82ef95L;
    private static final long TEXT_BRANCH = 0x2545f4914f6cdd1dL;
    private static final long NUMBER_BRANCH = 0x5851f42d4c957f2dL;

    private final long key;

    private SeedTree(long key) {
        this.key = key;
    }

    /** The root for one seed. */
    public static SeedTree root(long seed) {
        return new SeedTree(RandomStream.mix(seed + RandomStream.GAMMA));
    }

    /** The branch for one purpose, such as {@code "views"}. */
    public SeedTree at(String purpose) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < purpose.length(); i++) {
            hash = (hash ^ purpose.charAt(i)) * FNV_PRIME;
        }
        return new SeedTree(child(key ^ TEXT_BRANCH, hash));
    }

    /** The branch under these keys, one level each. */
    public SeedTree at(long... keys) {
        long k = key;
        for (long each : keys) {
            k = child(k ^ NUMBER_BRANCH, each);
        }
        return new SeedTree(k);
    }

    /** A fresh stream at this address; every call starts at its first value. */
    public RandomStream stream() {
        return new RandomStream(key);
    }

    /** 64 bits that stand for this address, for engines that want a seed of their own. */
    public long seed() {
        return RandomStream.mix(key ^ KEY_STEP);
    }

    /** Mixes twice with different entry points so that parent and child positions cannot be swapped. */
    private static long child(long parent, long branch) {
        return RandomStream.mix(RandomStream.mix(parent + RandomStream.GAMMA) ^ (branch * KEY_STEP + FNV_OFFSET));
    }
}
