package viewfit.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class EmbeddedPictureTest {

    @Test
    void aSheetOfPhotographsIsAJpegOfTheSameSizeAndColours() throws IOException {
        BufferedImage grainy = new BufferedImage(500, 400, BufferedImage.TYPE_INT_RGB);
        SplittableRandom random = new SplittableRandom(1);
        for (int y = 0; y < 400; y++) {
            for (int x = 0; x < 500; x++) {
                grainy.setRGB(x, y, new Color(x / 2, y / 2, 100 + random.nextInt(24)).getRGB());
            }
        }
        byte[] png = png(grainy);
        assertTrue(png.length > EmbeddedPicture.SMALL, "the test needs a large picture: " + png.length);

        String address = EmbeddedPicture.address(png);

        byte[] jpeg = bytes(address, "data:image/jpeg;base64,");
        assertTrue(jpeg.length <= png.length / 2, jpeg.length + " of " + png.length);
        BufferedImage read = ImageIO.read(new ByteArrayInputStream(jpeg));
        assertEquals(500, read.getWidth());
        assertEquals(400, read.getHeight());
        // Quality .85 keeps smooth colours within a few levels; swapped channels or a black page would be off by a
        // hundred.
        int before = grainy.getRGB(400, 50);
        int after = read.getRGB(400, 50);
        for (int shift = 0; shift <= 8; shift += 8) {
            assertEquals((before >> (shift + 8)) & 255, (after >> (shift + 8)) & 255, 12, "channel");
        }
        assertEquals(address, EmbeddedPicture.address(png), "the same bytes each time");
    }

    @Test
    void drawingsAndWhatIsNoPictureStayAsTheyAre() throws IOException {
        byte[] drawing = png(new BufferedImage(500, 400, BufferedImage.TYPE_INT_RGB));
        byte[] none = new byte[EmbeddedPicture.SMALL + 1];
        Arrays.fill(none, (byte) 'x');

        assertTrue(Arrays.equals(drawing, bytes(EmbeddedPicture.address(drawing), "data:image/png;base64,")));
        assertTrue(Arrays.equals(none, bytes(EmbeddedPicture.address(none), "data:image/png;base64,")));
    }

    private static byte[] png(BufferedImage picture) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(picture, "png", out);
        return out.toByteArray();
    }

    private static byte[] bytes(String address, String prefix) {
        assertTrue(address.startsWith(prefix), address.substring(0, 30));
        return Base64.getDecoder().decode(address.substring(prefix.length()));
    }
}
