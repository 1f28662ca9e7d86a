/** Self-supervised methods, the pre-training loop, health monitors. */
@NullMarked
package viewfit.ssl;

import org.jspecify.annotations.NullMarked;
