/** Reads what the other stages left and groups it by cell. */
@NullMarked
package viewfit.report.results;

import org.jspecify.annotations.NullMarked;
