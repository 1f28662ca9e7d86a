/** The bytes of images, wherever they are: files of a folder, members of tar shards or of HDF5 files. No decoding here. */
@NullMarked
package viewfit.core.images;

import org.jspecify.annotations.NullMarked;
