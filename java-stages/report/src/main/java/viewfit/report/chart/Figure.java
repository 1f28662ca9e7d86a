package viewfit.report.chart;

import java.util.List;

/** What a figure shows, before any drawing: the records tests look at and the table beside the figure is written from. */
public sealed interface Figure permits BarFigure, LineFigure, MapFigure, PixelScaleFigure {

    /** File stem of {@code figures/ID.png} and {@code tables/ID.csv}: lower case letters, digits and hyphens. */
    String id();

    /** One line above the drawing. */
    String title();

    /** PNG bytes at twice the given size, for sharp screens and print. */
    byte[] png(int width, int height);

    /** Column names of the table behind the figure. */
    List<String> header();

    /** Every number drawn, one row each, with full precision. */
    List<List<String>> rows();
}
