package viewfit.report.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * Quantities over time, one line per cell. Colour tells the variant, dash pattern the seed, so that a sweep of many cells
 * needs a legend of variants plus seeds instead of variants times seeds.
 *
 * @param yScale layout of the y axis
 * @param variants legend labels by colour index
 * @param seeds legend labels by dash index
 * @param references horizontal lines with a label, such as ln K
 */
public record LineFigure(
        String id,
        String title,
        String xLabel,
        String yLabel,
        YScale yScale,
        List<String> variants,
        List<String> seeds,
        List<Line> lines,
        List<Reference> references)
        implements Figure {

    /**
     * @param cell name of the cell, or of the cell and quantity
     * @param variant index into variants (colour)
     * @param seed index into seeds (dash)
     * @param points in order of x; a NaN y breaks the line
     * @param ended whether the line stops early because the run diverged: its last point gets a cross
     */
    public record Line(String cell, int variant, int seed, List<Point> points, boolean ended) {
        public Line {
            points = List.copyOf(points);
        }
    }

    /** How the y axis is laid out and labelled; the data stay as they are. */
    public enum YScale {
        /** As much of the axis as the data take. */
        DATA,
        /** Down to zero, for amounts whose ratio matters. */
        FROM_ZERO,
        /** Fractions labelled as percent. */
        PERCENT
    }

    /** One drawn point in data units. */
    public record Point(double x, double y) {}

    /** A horizontal line at {@code y}, labelled at its right end. */
    public record Reference(String label, double y) {}

    public LineFigure {
        variants = List.copyOf(variants);
        seeds = List.copyOf(seeds);
        lines = List.copyOf(lines);
        references = List.copyOf(references);
    }

    @Override
    public Drawing drawing() {
        return Pictures.of(LineChart.draw(this));
    }

    @Override
    public List<String> header() {
        return List.of("cell", "variant", "seed", "x", "y");
    }

    @Override
    public List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        for (Line line : lines) {
            for (Point p : line.points()) {
                rows.add(List.of(
                        line.cell(),
                        variants.get(line.variant()),
                        seeds.get(line.seed()),
                        Double.toString(p.x()),
                        Double.toString(p.y())));
            }
        }
        for (Reference r : references) {
            rows.add(List.of(r.label(), "reference", "", "", Double.toString(r.y())));
        }
        return rows;
    }
}
