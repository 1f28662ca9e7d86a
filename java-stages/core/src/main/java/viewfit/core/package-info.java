/** Pure Java: contracts, recipes, manifests, tables, metrics, schedules, addressed randomness, atomic files. */
@NullMarked
package viewfit.core;

import org.jspecify.annotations.NullMarked;
