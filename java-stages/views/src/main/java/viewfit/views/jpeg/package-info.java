/** A decoder for the JPEG files photographs come as: pure Java, to the same pixels as libjpeg. Bytes in, bytes out. */
@org.jspecify.annotations.NullMarked
package viewfit.views.jpeg;
