/** Numbers and words as the page shows them. */
@NullMarked
package viewfit.report.values;

import org.jspecify.annotations.NullMarked;
