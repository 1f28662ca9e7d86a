/** JFreeChart figures and the HTML page. */
@NullMarked
package viewfit.report;

import org.jspecify.annotations.NullMarked;
