/** The HTML page: sections built from results, a template, no external request. */
@NullMarked
package viewfit.report.page;

import org.jspecify.annotations.NullMarked;
