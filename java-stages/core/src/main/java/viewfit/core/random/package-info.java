/** Randomness by address: the only source of random numbers in Viewfit. */
@NullMarked
package viewfit.core.random;

import org.jspecify.annotations.NullMarked;
