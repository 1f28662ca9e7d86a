/** Sweeps: recipes, axes and seeds expanded to one complete recipe per cell. */
@NullMarked
package viewfit.core.grid;

import org.jspecify.annotations.NullMarked;
