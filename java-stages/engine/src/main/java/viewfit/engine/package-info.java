/** DJL lives here and nowhere else: libtorch, TorchScript programs, flat parameter storage, optimisers. */
@NullMarked
package viewfit.engine;

import org.jspecify.annotations.NullMarked;
