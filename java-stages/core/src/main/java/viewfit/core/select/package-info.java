/** Which recipe of a sweep is best by its held-out scores, and the permit that this gives to open the test split. */
@NullMarked
package viewfit.core.select;

import org.jspecify.annotations.NullMarked;
