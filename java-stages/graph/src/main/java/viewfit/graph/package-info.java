/** The network language: ops, parameters with names and shapes, TorchScript text, cost in MACs. */
@NullMarked
package viewfit.graph;

import org.jspecify.annotations.NullMarked;
