/** Features, linear probe, k-NN, semi-supervised fine-tuning. */
@NullMarked
package viewfit.eval;

import org.jspecify.annotations.NullMarked;
