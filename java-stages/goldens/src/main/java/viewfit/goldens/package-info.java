/** Test support: reads the golden reference values and rebuilds their inputs by name. */
@NullMarked
package viewfit.goldens;

import org.jspecify.annotations.NullMarked;
