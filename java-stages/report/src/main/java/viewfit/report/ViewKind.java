package viewfit.report;

import java.util.ArrayList;
import java.util.List;
import viewfit.core.recipe.Alpha;
import viewfit.report.results.CellResult;

/**
 * Which of the paper's sets of views a cell trains with (Tan, Saleh, Martinez 2023, sections 4 and 5), by the keys of its
 * complete recipe and not by its name, which a sweep over views does not change.
 */
public enum ViewKind {
    /** Stock multi-crop views: crops meet at .14 (.25 for transformers), local side 96 of 224, all pairs alike. */
    STOCK,
    /** The paper's: crops meet at .3, local side 128 of 224, weight of the global pairs .3 to .4. */
    OURS,
    /** Two global views of at least .2 of the photograph and no local one, as of MoCo v2. */
    TWO_VIEWS,
    /** One view and its label. */
    SUPERVISED,
    /** Every other, and a cell whose recipe was not given. */
    OTHER;

    private static final double STOCK_CROP = 0.14;
    private static final double TRANSFORMER_CROP = 0.25;
    private static final double OUR_CROP = 0.3;
    private static final double TWO_VIEW_CROP = 0.2;
    private static final double STOCK_SIDE = 96 / 224.0;
    private static final double OUR_SIDE = 128 / 224.0;
    private static final double LEAST_ALPHA = 0.3;
    private static final double MOST_ALPHA = 0.4;

    /** Sides are whole pixels: that much may lie between one and the exact share of the global side. */
    private static final double PIXEL = 1;

    /** Recipes have six digits of an alpha. */
    private static final double DIGITS = 1e-5;

    /** A group of views; what is not there is NaN. */
    private record Group(boolean local, double count, double side, double low, double high) {}

    public static ViewKind of(CellResult cell) {
        if (cell.method().equals("supervised")) {
            return SUPERVISED;
        }
        List<Group> groups = groups(cell);
        List<Group> globals = groups.stream().filter(g -> !g.local()).toList();
        List<Group> locals = groups.stream().filter(Group::local).toList();
        if (globals.isEmpty()) {
            return OTHER;
        }
        double globalViews = globals.stream().mapToDouble(Group::count).sum();
        if (locals.isEmpty()) {
            return globalViews == 2 && crops(globals, locals, TWO_VIEW_CROP) ? TWO_VIEWS : OTHER;
        }
        double localViews = locals.stream().mapToDouble(Group::count).sum();
        double stockCrop = cell.backbone().startsWith("vit") ? TRANSFORMER_CROP : STOCK_CROP;
        if (crops(globals, locals, stockCrop)
                && sides(globals, locals, STOCK_SIDE)
                && alike(cell, globalViews, localViews)) {
            return STOCK;
        }
        double alpha = Sweeps.number(cell.setting("method.alpha"));
        boolean weighted = alpha >= LEAST_ALPHA - DIGITS && alpha <= MOST_ALPHA + DIGITS;
        return weighted && crops(globals, locals, OUR_CROP) && sides(globals, locals, OUR_SIDE) ? OURS : OTHER;
    }

    private static List<Group> groups(CellResult cell) {
        List<Group> groups = new ArrayList<>();
        for (int i = 0; !cell.setting("views.groups." + i + ".kind").isEmpty(); i++) {
            String at = "views.groups." + i + ".";
            groups.add(new Group(
                    cell.setting(at + "kind").equals("local"),
                    Sweeps.number(cell.setting(at + "count")),
                    Sweeps.number(cell.setting(at + "size")),
                    Sweeps.number(cell.setting(at + "scale.low")),
                    Sweeps.number(cell.setting(at + "scale.high"))));
        }
        return groups;
    }

    /** Whether the smallest global crops and the largest local ones are this share of the photograph. */
    private static boolean crops(List<Group> globals, List<Group> locals, double share) {
        return globals.stream().allMatch(g -> near(g.low(), share))
                && locals.stream().allMatch(g -> near(g.high(), share));
    }

    private static boolean sides(List<Group> globals, List<Group> locals, double share) {
        return globals.stream()
                .allMatch(g -> locals.stream().allMatch(l -> Math.abs(l.side() - share * g.side()) < PIXEL));
    }

    private static boolean alike(CellResult cell, double globals, double locals) {
        String alpha = cell.setting("method.alpha");
        return alpha.equals(Alpha.UNWEIGHTED)
                || near(Sweeps.number(alpha), Alpha.equalPairs().weight((int) globals, (int) locals));
    }

    private static boolean near(double a, double b) {
        return Math.abs(a - b) < DIGITS;
    }
}
