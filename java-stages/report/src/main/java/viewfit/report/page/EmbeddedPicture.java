package viewfit.report.page;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * A picture within the page. Sheets of photographs are ten times as large in PNG as in JPEG and make a page that no mail takes: such a
 * picture is a JPEG there, and stays a PNG among the figures.
 */
final class EmbeddedPicture {

    /** Below this many bytes a picture stays as it is: drawings are sharper in PNG, and small. */
    static final int SMALL = 200_000;

    private static final float QUALITY = 0.85f;

    private EmbeddedPicture() {}

    /** A {@code data:} address of the picture: JPEG if the PNG is large and its JPEG is at most half of it, else the PNG itself. */
    static String address(byte[] png) {
        if (png.length > SMALL) {
            byte[] jpeg = jpeg(png);
            if (jpeg.length > 0 && jpeg.length <= png.length / 2) {
                return "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(jpeg);
            }
        }
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
    }

    /** Nothing if these bytes are no picture. */
    private static byte[] jpeg(byte[] png) {
        try {
            BufferedImage picture = ImageIO.read(new ByteArrayInputStream(png));
            if (picture == null) {
                return new byte[0];
            }
            BufferedImage opaque =
                    new BufferedImage(picture.getWidth(), picture.getHeight(), BufferedImage.TYPE_INT_RGB);
            var graphics = opaque.createGraphics();
            graphics.drawImage(picture, 0, 0, Color.WHITE, null);
            graphics.dispose();
            return write(opaque);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] write(BufferedImage picture) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            ImageWriteParam how = writer.getDefaultWriteParam();
            how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            how.setCompressionQuality(QUALITY);
            writer.setOutput(out);
            writer.write(null, new IIOImage(picture, null, null), how);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
