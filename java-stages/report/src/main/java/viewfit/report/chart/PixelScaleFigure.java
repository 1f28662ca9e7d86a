package viewfit.report.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * Pixel scales of global and local views, four panels for each group of local views: the ratio of both over pairs, each of
 * the two, the share of the picture that a box covers, and the ratio as a function of the local view's side. Without local
 * views the two panels that need none.
 *
 * @param globalSide side of the global views in pixels
 * @param globalScales bins of the logarithm to the base 2 of their pixel scales
 * @param globalAreas bins of the share of the picture that their boxes cover
 * @param locals one for each group of local views
 */
public record PixelScaleFigure(
        String id, String title, int globalSide, List<Bin> globalScales, List<Bin> globalAreas, List<Local> locals)
        implements Figure {

    /** A share of all pairs whose value lies in an interval. */
    public record Bin(double low, double high, double share) {}

    /**
     * One way to average the ratio.
     *
     * @param name in words
     * @param ratio at the recipe's local side; 1 is equal scales
     * @param bestSide the local side, in pixels, that would make it 1
     */
    public record Estimate(String name, double ratio, double bestSide) {}

    /**
     * One group of local views.
     *
     * @param name what to call it, such as "local views, 96 px"
     * @param side of the views in pixels
     * @param ratios bins of the logarithm to the base 2 of global over local pixel scale
     * @param scales as of the global views
     * @param areas as of the global views
     * @param estimates the last one is the one that counts
     * @param paperSide the local side at which the paper says that the ratio is about 1, for these crops and this global
     *     side; NaN if it says nothing
     */
    public record Local(
            String name,
            int side,
            List<Bin> ratios,
            List<Bin> scales,
            List<Bin> areas,
            List<Estimate> estimates,
            double paperSide) {
        public Local {
            ratios = List.copyOf(ratios);
            scales = List.copyOf(scales);
            areas = List.copyOf(areas);
            estimates = List.copyOf(estimates);
        }
    }

    public PixelScaleFigure {
        globalScales = List.copyOf(globalScales);
        globalAreas = List.copyOf(globalAreas);
        locals = List.copyOf(locals);
    }

    /** Rows of panels, two in each. */
    public int lines() {
        return Math.max(1, 2 * locals.size());
    }

    @Override
    public Drawing drawing() {
        return Pictures.of(PixelScaleChart.draw(this));
    }

    @Override
    public List<String> header() {
        return List.of("views", "quantity", "low", "high", "share");
    }

    @Override
    public List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        add(rows, "global views", "log2 pixel scale", globalScales);
        add(rows, "global views", "area", globalAreas);
        for (Local local : locals) {
            add(rows, local.name(), "log2 ratio", local.ratios());
            add(rows, local.name(), "log2 pixel scale", local.scales());
            add(rows, local.name(), "area", local.areas());
        }
        return rows;
    }

    private static void add(List<List<String>> rows, String views, String quantity, List<Bin> bins) {
        for (Bin bin : bins) {
            rows.add(List.of(
                    views,
                    quantity,
                    Double.toString(bin.low()),
                    Double.toString(bin.high()),
                    Double.toString(bin.share())));
        }
    }
}
