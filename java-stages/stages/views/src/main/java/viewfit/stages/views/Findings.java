package viewfit.stages.views;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import viewfit.core.recipe.ViewGroup;
import viewfit.views.PixelScale;

/** What was measured, for people at a console. */
final class Findings {
    private Findings() {}

    /** A short table and one closing sentence for each group of local views. */
    static List<String> lines(List<PixelScale> scales, int patch) {
        List<String> lines = new ArrayList<>();
        for (PixelScale scale : scales) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%sglobal views %d px of %.1f %% of the picture, local views %d px of %.1f %%, means of %d pairs",
                    group(scales, scale),
                    scale.globalSide(),
                    100 * scale.globalShare(),
                    scale.localSide(),
                    100 * scale.localShare(),
                    scale.pairs()));
            lines.add(String.format(Locale.ROOT, "%-20s %17s %18s", "", "PSg/PSl", "LC* in pixels"));
            for (PixelScale.Statistic s : scale.statistics()) {
                lines.add(String.format(
                        Locale.ROOT,
                        "%-20s %8.3f +- %5.3f %9.1f +- %5.2f",
                        s.name(),
                        s.ratio(),
                        s.standardError(),
                        s.bestLocalSide(),
                        s.bestLocalSideError()));
            }
        }
        lines.addAll(sentences(scales, patch));
        return lines;
    }

    /** One for each group of local views; one that says so where there are none. */
    static List<String> sentences(List<PixelScale> scales, int patch) {
        if (scales.isEmpty()) {
            return List.of("no local views: there is nothing to compare the global views with");
        }
        return scales.stream()
                .map(scale -> {
                    PixelScale.Statistic best = scale.ratioOfMeanAreas();
                    String patches = patch == 1
                            ? ""
                            : String.format(
                                    Locale.ROOT,
                                    ", for ViT: %d (multiple of patch %d)",
                                    ViewGroup.nearestSize(best.bestLocalSide(), patch),
                                    patch);
                    return String.format(
                            Locale.ROOT,
                            "%sthis data set: LC* = %d (%s; %d in the recipe gives PSg/PSl %.2f)%s",
                            group(scales, scale),
                            ViewGroup.nearestSize(best.bestLocalSide(), 1),
                            best.name(),
                            scale.localSide(),
                            best.ratio(),
                            patches);
                })
                .toList();
    }

    private static String group(List<PixelScale> scales, PixelScale scale) {
        return scales.size() == 1 ? "" : "views.groups[" + scale.group() + "]: ";
    }
}
