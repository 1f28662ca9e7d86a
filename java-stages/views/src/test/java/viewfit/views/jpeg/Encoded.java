package viewfit.views.jpeg;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import org.w3c.dom.NodeList;

/** JPEG files written by the JDK with chosen sampling, and what its own decoder makes of their components. */
final class Encoded {
    private static final String FORMAT = "javax_imageio_jpeg_image_1.0";

    private Encoded() {}

    /**
     * Writes a file.
     *
     * @param h luma samples per chroma sample, across
     * @param v the same, down
     * @param restart MCUs between restart markers, 0 for none
     */
    static byte[] jpeg(BufferedImage image, int h, int v, float quality, int restart) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            ImageWriteParam param = writer.getDefaultWriteParam();
            param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            param.setCompressionQuality(quality);
            IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(image), param);
            IIOMetadataNode tree = (IIOMetadataNode) metadata.getAsTree(FORMAT);
            NodeList components = tree.getElementsByTagName("componentSpec");
            if (components.getLength() == 3) {
                IIOMetadataNode luma = (IIOMetadataNode) components.item(0);
                luma.setAttribute("HsamplingFactor", Integer.toString(h));
                luma.setAttribute("VsamplingFactor", Integer.toString(v));
            }
            if (restart > 0) {
                IIOMetadataNode interval = new IIOMetadataNode("dri");
                interval.setAttribute("interval", Integer.toString(restart));
                IIOMetadataNode sequence = (IIOMetadataNode)
                        tree.getElementsByTagName("markerSequence").item(0);
                sequence.insertBefore(interval, sequence.getFirstChild());
            }
            metadata.setFromTree(FORMAT, tree);
            writer.write(null, new IIOImage(image, null, metadata), param);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /** The components as the decoder of the JDK gives them, interleaved, chroma at full size. */
    static byte[] components(byte[] jpeg) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
        try {
            reader.setInput(ImageIO.createImageInputStream(new ByteArrayInputStream(jpeg)), true, true);
            Raster raster = reader.readRaster(0, null);
            byte[] data = ((DataBufferByte) raster.getDataBuffer()).getData();
            return Arrays.copyOf(data, raster.getNumBands() * raster.getWidth() * raster.getHeight());
        } finally {
            reader.dispose();
        }
    }

    /** Components to RGB straight from the rule: 16-bit constants of libjpeg, rounded, in whole numbers. */
    static byte[] rgb(byte[] components, boolean grey) {
        byte[] rgb = new byte[grey ? 3 * components.length : components.length];
        for (int i = 0; i < rgb.length; i += 3) {
            if (grey) {
                Arrays.fill(rgb, i, i + 3, components[i / 3]);
                continue;
            }
            int y = components[i] & 255;
            long cb = (components[i + 1] & 255) - 128L;
            long cr = (components[i + 2] & 255) - 128L;
            rgb[i] = level(y + Math.floorDiv(91881 * cr + 32768, 65536L));
            rgb[i + 1] = level(y + Math.floorDiv(-22554 * cb - 46802 * cr + 32768, 65536L));
            rgb[i + 2] = level(y + Math.floorDiv(116130 * cb + 32768, 65536L));
        }
        return rgb;
    }

    private static byte level(long v) {
        return (byte) Math.max(0, Math.min(255, v));
    }
}
