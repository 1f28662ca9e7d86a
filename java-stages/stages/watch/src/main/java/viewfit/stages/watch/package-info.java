/** {@code bin/viewfit watch}: how a sweep stands while it runs. */
@NullMarked
package viewfit.stages.watch;

import org.jspecify.annotations.NullMarked;
