/** The {@code report} stage: command line and contract over one library. */
@NullMarked
package viewfit.stages.report;

import org.jspecify.annotations.NullMarked;
