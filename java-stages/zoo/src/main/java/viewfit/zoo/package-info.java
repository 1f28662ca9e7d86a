/** Backbones and heads, each one readable page over the graph language. */
@NullMarked
package viewfit.zoo;

import org.jspecify.annotations.NullMarked;
