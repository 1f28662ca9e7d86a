/** Figures: plain records of what is drawn, and one theme that draws them as PNG. The only place that knows JFreeChart. */
@NullMarked
package viewfit.report.chart;

import org.jspecify.annotations.NullMarked;
