package viewfit.views.jpeg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;

class JpegDecoderTest {
    private final JpegDecoder decoder = new JpegDecoder();

    /** Odd sizes, so that MCUs reach over the edges, every usual sampling, coarse and fine quantization, restart markers. */
    @Test
    void equalsTheDecoderOfTheJdk() throws IOException, JpegException {
        int[][] sizes = {{1, 1}, {2, 1}, {3, 5}, {8, 8}, {9, 17}, {16, 16}, {33, 31}, {100, 75}, {530, 20}};
        int[][] samplings = {{1, 1}, {2, 1}, {2, 2}, {4, 1}};
        for (int[] size : sizes) {
            BufferedImage picture = picture(size[0], size[1], BufferedImage.TYPE_INT_RGB);
            for (int[] s : samplings) {
                for (float quality : new float[] {0.2f, 0.75f, 1}) {
                    for (int restart : new int[] {0, 1, 3}) {
                        byte[] jpeg = Encoded.jpeg(picture, s[0], s[1], quality, restart);
                        String what = size[0] + "x" + size[1] + " sampled " + s[0] + "x" + s[1] + " at " + quality
                                + ", restart " + restart;
                        assertArrayEquals(Encoded.rgb(Encoded.components(jpeg), false), decode(jpeg, true), what);
                    }
                }
            }
        }
    }

    @Test
    void greyEqualsTheDecoderOfTheJdk() throws IOException, JpegException {
        for (int width : new int[] {1, 7, 8, 9, 200}) {
            byte[] jpeg = Encoded.jpeg(picture(width, 21, BufferedImage.TYPE_BYTE_GRAY), 1, 1, 0.9f, 2);
            assertArrayEquals(Encoded.rgb(Encoded.components(jpeg), true), decode(jpeg, true));
        }
    }

    /** Three components that are RGB already are only joined. */
    @Test
    void componentsThatAreRgbStayAsTheyAre() throws IOException, JpegException {
        byte[] jpeg = Encoded.jpeg(picture(40, 30, BufferedImage.TYPE_INT_RGB), 1, 1, 0.9f, 0);
        assertArrayEquals(Encoded.components(jpeg), decode(jpeg, false));
    }

    @Test
    void photographsEqualTheDecoderOfTheJdk() throws IOException, JpegException {
        Path folder = Path.of(System.getProperty("viewfit.root"), "test-data", "imagenette-mini");
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.filter(f -> f.toString().endsWith(".JPEG")).sorted().toList();
        }
        assertTrue(files.size() >= 100, files.size() + " photographs");
        for (Path file : files) {
            byte[] jpeg = Files.readAllBytes(file);
            byte[] components = Encoded.components(jpeg);
            byte[] rgb = decode(jpeg, true);
            assertArrayEquals(Encoded.rgb(components, components.length < rgb.length), rgb, file.toString());
        }
    }

    /** A file cut anywhere is refused: a picture without its end is never filled up. */
    @Test
    void everyCutIsRefused() throws IOException {
        byte[] whole = Encoded.jpeg(picture(50, 40, BufferedImage.TYPE_INT_RGB), 2, 2, 0.8f, 4);
        for (int length = 2; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThrows(JpegException.class, () -> decode(cut, true), "cut at " + length + " of " + whole.length);
        }
    }

    /** A cut file with an end marker behind the cut, which libjpeg would fill up with grey. */
    @Test
    void anEndInsideTheDataIsRefused() throws IOException {
        byte[] whole = Encoded.jpeg(picture(50, 40, BufferedImage.TYPE_INT_RGB), 2, 2, 0.8f, 0);
        int refused = 0;
        int cuts = 0;
        for (int length = whole.length / 2; length < whole.length - 40; length += 7) {
            byte[] cut = Arrays.copyOf(whole, length + 2);
            cut[length] = (byte) 0xFF;
            cut[length + 1] = (byte) 0xD9;
            cuts++;
            try {
                decode(cut, true);
            } catch (JpegException e) {
                refused++;
            }
        }
        assertEquals(cuts, refused);
    }

    @Test
    void bytesBehindTheEndAndBetweenSegmentsDoNoHarm() throws IOException, JpegException {
        byte[] whole = Encoded.jpeg(picture(50, 40, BufferedImage.TYPE_INT_RGB), 2, 2, 0.8f, 0);
        byte[] longer = Arrays.copyOf(whole, whole.length + 500);
        assertArrayEquals(decode(whole, true), decode(longer, true));
        ByteArrayOutputStream gap = new ByteArrayOutputStream();
        gap.write(whole, 0, 2);
        gap.write(new byte[] {(byte) 0xFF, (byte) 0xFF});
        gap.write(whole, 2, whole.length - 2);
        assertArrayEquals(decode(whole, true), decode(gap.toByteArray(), true));
    }

    /** A 0xFF may be repeated before what it stuffs or marks. */
    @Test
    void repeatedFillBytesDoNoHarm() throws IOException, JpegException {
        byte[] whole = Encoded.jpeg(picture(50, 40, BufferedImage.TYPE_INT_RGB), 2, 2, 1, 3);
        ByteArrayOutputStream longer = new ByteArrayOutputStream();
        int scan = find(whole, 0xDA);
        int stuffed = 0;
        int restarts = 0;
        for (int i = 0; i < whole.length; i++) {
            int behind = i + 1 < whole.length ? whole[i + 1] & 255 : 0;
            if (i > scan + 12 && whole[i] == (byte) 0xFF) {
                longer.write(0xFF);
                stuffed += behind == 0 ? 1 : 0;
                restarts += behind >= 0xD0 && behind <= 0xD7 ? 1 : 0;
            }
            longer.write(whole[i]);
        }
        assertTrue(stuffed > 0 && restarts == 3, stuffed + " stuffed, " + restarts + " restarts");
        assertArrayEquals(decode(whole, true), decode(longer.toByteArray(), true));
    }

    @Test
    void damagedHeadersAreRefused() throws IOException {
        byte[] whole = Encoded.jpeg(picture(50, 40, BufferedImage.TYPE_INT_RGB), 2, 2, 0.8f, 0);
        int scan = find(whole, 0xDA);
        byte[] empty = Arrays.copyOf(whole, scan + 4);
        empty[scan + 2] = 0;
        empty[scan + 3] = 2;
        assertThrows(JpegException.class, () -> decode(empty, true));
        byte[] crowded = whole.clone();
        int frame = find(whole, 0xC0);
        crowded[frame + 14] = 0x22;
        crowded[frame + 17] = 0x22;
        assertThrows(JpegException.class, () -> decode(crowded, true));
    }

    /** Frames of Motion JPEG have no Huffman tables: those of the standard are meant. */
    @Test
    void aFileWithoutTablesIsLeftToOthers() throws IOException, JpegException {
        byte[] whole = Encoded.jpeg(picture(50, 40, BufferedImage.TYPE_INT_RGB), 2, 2, 0.8f, 0);
        ByteArrayOutputStream bare = new ByteArrayOutputStream();
        int at = 2;
        bare.write(whole, 0, 2);
        while ((whole[at + 1] & 255) != 0xDA) {
            int length = 2 + (((whole[at + 2] & 255) << 8) | (whole[at + 3] & 255));
            if ((whole[at + 1] & 255) != 0xC4) {
                bare.write(whole, at, length);
            }
            at += length;
        }
        bare.write(whole, at, whole.length - at);
        byte[] file = bare.toByteArray();
        assertFalse(decoder.open(file, file.length));
    }

    private static int find(byte[] jpeg, int marker) {
        int at = 0;
        while ((jpeg[at] & 255) != 0xFF || (jpeg[at + 1] & 255) != marker) {
            at++;
        }
        return at;
    }

    @Test
    void otherKindsAreLeftToOthers() throws IOException, JpegException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            ImageWriteParam param = writer.getDefaultWriteParam();
            param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
            writer.write(null, new IIOImage(picture(20, 20, BufferedImage.TYPE_INT_RGB), null, null), param);
        }
        writer.dispose();
        byte[] progressive = bytes.toByteArray();
        assertFalse(decoder.open(progressive, progressive.length));
        assertThrows(IllegalStateException.class, decoder::width);
    }

    /** Whatever a file holds, it is a picture or it is refused; restart markers put the decoder into every state. */
    @Test
    void flippedBitsNeverGiveAnythingElse() throws IOException {
        byte[] whole = Encoded.jpeg(picture(60, 45, BufferedImage.TYPE_INT_RGB), 2, 1, 0.6f, 5);
        RandomStream random = SeedTree.root(11).stream();
        int refused = 0;
        for (int i = 0; i < 4000; i++) {
            byte[] damaged = whole.clone();
            for (int k = 0; k <= i % 3; k++) {
                damaged[2 + random.nextInt(whole.length - 2)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                if (decoder.open(damaged, damaged.length) && (long) decoder.width() * decoder.height() < 1 << 20) {
                    decoder.decode(true, new byte[3 * decoder.width() * decoder.height()]);
                }
            } catch (JpegException e) {
                assertFalse(e.getMessage().isEmpty());
                refused++;
            }
        }
        assertTrue(refused > 400, refused + " refused");
    }

    private byte[] decode(byte[] jpeg, boolean ycc) throws JpegException {
        assertTrue(decoder.open(jpeg, jpeg.length));
        byte[] rgb = new byte[3 * decoder.width() * decoder.height()];
        decoder.decode(ycc, rgb);
        return rgb;
    }

    /** Waves with some noise and hard edges: coefficients of every size. */
    private static BufferedImage picture(int width, int height, int type) {
        BufferedImage image = new BufferedImage(width, height, type);
        RandomStream random = SeedTree.root(width * 1000L + height).stream();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int noise = random.nextInt(40);
                int r = (int) (127 + 100 * Math.sin(x / 7.0)) + noise;
                int g = x * 255 / width;
                int b = (x / 5 + y / 6) % 2 == 0 ? 240 : 10 + noise;
                image.setRGB(x, y, (Math.min(255, r) << 16) | (g << 8) | b);
            }
        }
        return image;
    }
}
