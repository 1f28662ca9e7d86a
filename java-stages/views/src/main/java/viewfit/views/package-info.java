/** Image bytes to view pixels: decode, crop, photometrics, multi-crop. No DJL here. */
@NullMarked
package viewfit.views;

import org.jspecify.annotations.NullMarked;
