/** Scores, their provenance, and the k-nearest-neighbour classifier. */
@NullMarked
package viewfit.core.metrics;

import org.jspecify.annotations.NullMarked;
