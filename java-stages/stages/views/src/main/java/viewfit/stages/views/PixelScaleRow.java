package viewfit.stages.views;

import java.util.ArrayList;
import java.util.List;
import viewfit.core.recipe.ViewGroup;
import viewfit.core.table.CsvTable;
import viewfit.views.PixelScale;

/**
 * One row of pixel-scale.csv: one group of local views by one estimator.
 *
 * @param group number of the group in the recipe, from 0
 * @param estimator how pairs are averaged
 * @param globalSide side of the global views in pixels
 * @param localSide side of the local views in pixels
 * @param pairs pairs of boxes that were drawn
 * @param globalArea mean share of the photograph that a global box covers
 * @param localArea mean share of the photograph that a local box covers
 * @param ratio pixel scale of global over local views
 * @param standardError of the ratio
 * @param bestLocalSide the local side, in pixels, that makes the ratio 1
 * @param bestLocalSideError standard error of that side
 * @param roundedLocalSide the size nearest to it that the recipe may have
 */
public record PixelScaleRow(
        int group,
        String estimator,
        int globalSide,
        int localSide,
        int pairs,
        double globalArea,
        double localArea,
        double ratio,
        double standardError,
        double bestLocalSide,
        double bestLocalSideError,
        int roundedLocalSide) {
    static final String SCHEMA = "pixel-scale/1";
    static final CsvTable<PixelScaleRow> TABLE = CsvTable.of(PixelScaleRow.class, SCHEMA);

    /** The rows of all groups. */
    static List<PixelScaleRow> of(List<PixelScale> scales, int patch) {
        List<PixelScaleRow> rows = new ArrayList<>();
        for (PixelScale scale : scales) {
            for (PixelScale.Statistic s : scale.statistics()) {
                rows.add(new PixelScaleRow(
                        scale.group(),
                        s.name(),
                        scale.globalSide(),
                        scale.localSide(),
                        scale.pairs(),
                        scale.globalShare(),
                        scale.localShare(),
                        s.ratio(),
                        s.standardError(),
                        s.bestLocalSide(),
                        s.bestLocalSideError(),
                        ViewGroup.nearestSize(s.bestLocalSide(), patch)));
            }
        }
        return rows;
    }
}
