/** What each stage reads, writes and how it may end. No stage logic here. */
@NullMarked
package viewfit.core.contract;

import org.jspecify.annotations.NullMarked;
