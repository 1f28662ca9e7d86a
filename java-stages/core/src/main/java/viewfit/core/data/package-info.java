/** Manifests of images, the scan of an image tree, and the split into train, held-out and test. */
@NullMarked
package viewfit.core.data;

import org.jspecify.annotations.NullMarked;
