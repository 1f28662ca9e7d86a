/** Values over training time as pure functions of the step. */
@NullMarked
package viewfit.core.schedule;

import org.jspecify.annotations.NullMarked;
