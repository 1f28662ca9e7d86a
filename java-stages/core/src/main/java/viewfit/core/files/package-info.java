/** Files that are either whole or absent, and their checksums. */
@NullMarked
package viewfit.core.files;

import org.jspecify.annotations.NullMarked;
