package viewfit.core.data;

import java.util.Locale;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/**
 * What to do about damaged images.
 *
 * @param onDamaged end with the first one, or go on without them
 * @param quota largest share of all images that may be left out, in 0 .. 1
 */
public record DamagePolicy(OnDamaged onDamaged, double quota) {
    public static final DamagePolicy FAIL = new DamagePolicy(OnDamaged.FAIL, 0);

    /** Share that is tolerated unless something else is asked for. */
    public static final double DEFAULT_QUOTA = 0.01;

    /** A share of decimal digits is not exact in binary: 0.29 of 100 images are 29. */
    private static final double ROUNDING = 1e-9;

    public DamagePolicy {
        if (!(quota >= 0 && quota <= 1)) {
            throw new StageFailure(ExitCode.USAGE, "--damaged-quota: found " + quota + ": must be in 0 .. 1");
        }
    }

    /** The choices. */
    public enum OnDamaged {
        FAIL,
        SKIP;

        /** As on the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public boolean skips() {
        return onDamaged == OnDamaged.SKIP;
    }

    /** How many of {@code all} images may be left out. */
    public long allowed(long all) {
        return (long) Math.floor(quota * all + ROUNDING);
    }

    /**
     * Requires that not too many images are damaged.
     *
     * @param damaged how many were found so far
     * @param all images there are
     * @param first what was found about the first of them
     * @throws StageFailure BAD_DATA if there are more than the quota allows
     */
    public void require(long damaged, long all, String first) {
        if (damaged > allowed(all)) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    String.format(
                            Locale.ROOT,
                            "damaged images: found %d of %d, the first: %s: must be at most %d (--damaged-quota %s)",
                            damaged,
                            all,
                            first,
                            allowed(all),
                            quota));
        }
    }
}
