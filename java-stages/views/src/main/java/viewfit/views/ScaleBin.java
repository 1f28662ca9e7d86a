package viewfit.views;

import java.util.ArrayList;
import java.util.List;

/**
 * One row of pixel-scale-bins.csv (schema pixel-scale-bins/1): how many of the pairs drawn lie in an interval.
 *
 * @param group number of the group of views in the recipe
 * @param quantity {@link #RATIO}, {@link #PIXEL_SCALE} or {@link #AREA}
 * @param low lower end, which belongs to the bin
 * @param high upper end; the highest bin has its own
 * @param share of all pairs
 */
public record ScaleBin(int group, String quantity, double low, double high, double share) {
    public static final String SCHEMA = "pixel-scale-bins/1";

    /** Logarithm to the base 2 of the pixel scale of a global view over that of a local one. */
    public static final String RATIO = "log2-ratio";

    /** Logarithm to the base 2 of the pixel scale. */
    public static final String PIXEL_SCALE = "log2-pixel-scale";

    /** Share of the picture that the box covers. */
    public static final String AREA = "area";

    /** Bins of one width, at multiples of it, from the lowest value to the highest. */
    static List<ScaleBin> bins(int group, String quantity, double[] values, double width) {
        long lowest = Long.MAX_VALUE;
        long highest = Long.MIN_VALUE;
        for (double value : values) {
            lowest = Math.min(lowest, (long) Math.floor(value / width));
            highest = Math.max(highest, (long) Math.floor(value / width));
        }
        // A box that is the whole picture covers exactly 1 of it, which starts no bin of its own.
        if (quantity.equals(AREA)) {
            highest = Math.min(highest, Math.round(1 / width) - 1);
            lowest = Math.min(lowest, highest);
        }
        long[] counts = new long[(int) (highest - lowest + 1)];
        for (double value : values) {
            counts[(int) (Math.min(highest, (long) Math.floor(value / width)) - lowest)]++;
        }
        List<ScaleBin> bins = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            double low = (lowest + i) * width;
            double high = (lowest + i + 1) * width;
            bins.add(new ScaleBin(group, quantity, low, high, (double) counts[i] / values.length));
        }
        return bins;
    }
}
