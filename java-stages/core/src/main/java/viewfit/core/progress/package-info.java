/** One plain line about how far a stage is. */
@NullMarked
package viewfit.core.progress;

import org.jspecify.annotations.NullMarked;
