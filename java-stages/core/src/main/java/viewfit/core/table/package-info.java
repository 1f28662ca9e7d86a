/** CSV tables whose columns are the components of a record. */
@NullMarked
package viewfit.core.table;

import org.jspecify.annotations.NullMarked;
