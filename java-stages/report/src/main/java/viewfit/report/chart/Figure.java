package viewfit.report.chart;

import java.util.List;

/** What a figure shows, before any drawing: the records tests look at and the table beside the figure is written from. */
public sealed interface Figure permits BarFigure, LineFigure, MapFigure, PixelScaleFigure, SweepFigure {

    /** File stem of {@code figures/ID.png}, {@code figures/ID.svg} and {@code tables/ID.csv}. */
    String id();

    /** One line above the drawing. */
    String title();

    /** How it is drawn. */
    Drawing drawing();

    /** PNG bytes at twice the given size, for sharp screens and print. */
    default byte[] png(int width, int height) {
        return drawing().png(width, height);
    }

    /** SVG bytes, text as text. */
    default byte[] svg(int width, int height) {
        return drawing().svg(title(), width, height);
    }

    /** Column names of the table behind the figure. */
    List<String> header();

    /** Every number drawn, one row each, with full precision. */
    List<List<String>> rows();
}
