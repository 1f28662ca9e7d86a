/** The {@code views} stage: command line and contract over views and figures. */
@NullMarked
package viewfit.stages.views;

import org.jspecify.annotations.NullMarked;
