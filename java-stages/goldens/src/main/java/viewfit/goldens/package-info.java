/** Test support: reads the golden reference values, rebuilds their inputs by name, and has the naive twins of several modules. */
@NullMarked
package viewfit.goldens;

import org.jspecify.annotations.NullMarked;
