/** File formats of the outside world: safetensors, Detectron2 pickle. No DJL here. */
@NullMarked
package viewfit.formats;

import org.jspecify.annotations.NullMarked;
