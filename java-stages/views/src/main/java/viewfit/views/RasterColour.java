package viewfit.views;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DirectColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * Decoded PNG, BMP and GIF pictures to RGB. Samples are taken as they are: palettes are looked up, alpha is dropped without
 * blending, grey is copied to three channels (the colour management of Java would brighten it), 16-bit samples lose their low
 * byte.
 */
final class RasterColour {
    private RasterColour() {}

    /**
     * Converts a picture.
     *
     * @throws IllegalArgumentException if samples are neither 8 nor 16 bits wide, palette indices nor packed
     */
    static void toRgb(BufferedImage image, Pixels into) {
        into.reshape(image.getWidth(), image.getHeight());
        ColorModel colours = image.getColorModel();
        if (colours instanceof IndexColorModel || colours instanceof DirectColorModel) {
            unpack(image, colours, into);
        } else {
            samples(image.getRaster(), into);
        }
    }

    private static void unpack(BufferedImage image, ColorModel colours, Pixels into) {
        Raster raster = image.getRaster();
        byte[] to = into.data();
        Object element = null;
        for (int y = 0, q = 0; y < into.height(); y++) {
            for (int x = 0; x < into.width(); x++, q += 3) {
                element = raster.getDataElements(x, y, element);
                to[q] = (byte) colours.getRed(element);
                to[q + 1] = (byte) colours.getGreen(element);
                to[q + 2] = (byte) colours.getBlue(element);
            }
        }
    }

    private static void samples(Raster raster, Pixels into) {
        int bands = raster.getNumBands();
        int bits = raster.getSampleModel().getSampleSize(0);
        if (bits != 8 && bits != 16) {
            throw new IllegalArgumentException("raster: " + bits + "-bit samples: 8 or 16");
        }
        // One or two bands are grey with or without alpha.
        boolean grey = bands < 3;
        byte[] to = into.data();
        int[] row = new int[bands * into.width()];
        for (int y = 0, q = 0; y < into.height(); y++) {
            raster.getPixels(0, y, into.width(), 1, row);
            for (int x = 0; x < into.width(); x++, q += 3) {
                for (int c = 0; c < 3; c++) {
                    to[q + c] = (byte) (row[x * bands + (grey ? 0 : c)] >> (bits - 8));
                }
            }
        }
    }
}
