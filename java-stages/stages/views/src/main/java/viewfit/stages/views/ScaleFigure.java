package viewfit.stages.views;

import java.util.List;
import viewfit.core.recipe.ViewGroup;
import viewfit.core.recipe.ViewKind;
import viewfit.core.recipe.ViewRecipe;
import viewfit.report.chart.PixelScaleFigure;
import viewfit.views.PixelScale;
import viewfit.views.PixelScales;
import viewfit.views.ScaleBin;

/** What was measured as what is drawn. */
final class ScaleFigure {
    static final int WIDTH = 1064;
    static final int LINE_HEIGHT = 360;

    /** The paper's pairs of scale and local side that make the ratio about 1, for global views of 224 pixels. */
    private static final double[][] PAPER = {{0.14, 103}, {0.3, 128}};

    private static final int PAPER_GLOBAL_SIDE = 224;
    private static final double PAPER_LOWEST = 0.05;

    private ScaleFigure() {}

    static PixelScaleFigure of(ViewRecipe views, PixelScales scales) {
        List<PixelScaleFigure.Local> locals = scales.groups().stream()
                .map(scale -> local(views, scale, scales))
                .toList();
        return new PixelScaleFigure(
                "pixel-scale",
                "Pixel scales of global and local views",
                views.groups().get(0).size(),
                bins(scales, 0, ScaleBin.PIXEL_SCALE),
                bins(scales, 0, ScaleBin.AREA),
                locals);
    }

    private static PixelScaleFigure.Local local(ViewRecipe views, PixelScale scale, PixelScales scales) {
        String name = "local views, " + scale.localSide() + " px";
        if (scales.groups().size() > 1) {
            name += " (group " + scale.group() + ")";
        }
        return new PixelScaleFigure.Local(
                name,
                scale.localSide(),
                bins(scales, scale.group(), ScaleBin.RATIO),
                bins(scales, scale.group(), ScaleBin.PIXEL_SCALE),
                bins(scales, scale.group(), ScaleBin.AREA),
                scale.statistics().stream()
                        .map(s -> new PixelScaleFigure.Estimate(s.name(), s.ratio(), s.bestLocalSide()))
                        .toList(),
                paperSide(views, scale));
    }

    private static List<PixelScaleFigure.Bin> bins(PixelScales scales, int group, String quantity) {
        return scales.bins(group, quantity).stream()
                .map(bin -> new PixelScaleFigure.Bin(bin.low(), bin.high(), bin.share()))
                .toList();
    }

    /** What the paper says of the same crops and global side; NaN of others. */
    static double paperSide(ViewRecipe views, PixelScale scale) {
        ViewGroup global = views.groups().stream()
                .filter(group -> group.kind() == ViewKind.GLOBAL)
                .findFirst()
                .orElseThrow();
        ViewGroup local = views.groups().get(scale.group());
        for (double[] pair : PAPER) {
            if (global.size() == PAPER_GLOBAL_SIDE
                    && global.scale().low() == pair[0]
                    && global.scale().high() == 1
                    && local.scale().low() == PAPER_LOWEST
                    && local.scale().high() == pair[0]) {
                return pair[1];
            }
        }
        return Double.NaN;
    }
}
