package viewfit.views;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.DamagedImage;

class ImageDecoderTest {
    private final ImageDecoder decoder = new ImageDecoder();
    private final Pixels pixels = new Pixels();

    @AfterEach
    void close() {
        decoder.close();
    }

    @Test
    void greyJpegKeepsItsLevels() throws IOException {
        BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
        int[] level = {100};
        for (int i = 0; i < 256; i++) {
            image.getRaster().setPixel(i % 16, i / 16, level);
        }
        decoder.decode(encode(image, "jpeg"), "grey", pixels);
        byte[] expected = new byte[3 * 256];
        Arrays.fill(expected, (byte) 100);
        assertArrayEquals(expected, GoldenImages.bytes(pixels));
    }

    @Test
    void paletteAlphaGreyAndDeepPngsBecomeRgb() throws IOException {
        byte[] red = {10, (byte) 200};
        byte[] green = {20, (byte) 150};
        byte[] blue = {30, (byte) 100};
        BufferedImage palette =
                new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 2, red, green, blue));
        palette.getRaster().setSample(1, 0, 0, 1);
        expect(encode(palette, "png"), 10, 20, 30, 200, 150, 100);
        expect(encode(palette, "gif"), 10, 20, 30, 200, 150, 100);

        BufferedImage alpha = new BufferedImage(1, 1, BufferedImage.TYPE_4BYTE_ABGR);
        alpha.getRaster().setPixel(0, 0, new int[] {40, 50, 60, 7});
        expect(encode(alpha, "png"), 40, 50, 60);

        BufferedImage grey = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
        grey.getRaster().setSample(0, 0, 0, 77);
        expect(encode(grey, "png"), 77, 77, 77);

        BufferedImage deep = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
        deep.getRaster().setSample(0, 0, 0, 0x4DFF);
        expect(encode(deep, "png"), 255, 255, 255);

        BufferedImage plain = new BufferedImage(1, 1, BufferedImage.TYPE_3BYTE_BGR);
        WritableRaster raster = plain.getRaster();
        raster.setPixel(0, 0, new int[] {1, 2, 3});
        expect(encode(plain, "bmp"), 1, 2, 3);
        expect(encode(plain, "png"), 1, 2, 3);
    }

    @Test
    void onePixelJpegDecodes() throws IOException {
        decoder.decode(encode(new BufferedImage(1, 1, BufferedImage.TYPE_3BYTE_BGR), "jpeg"), "one", pixels);
        assertEquals(3, pixels.byteCount());
    }

    @Test
    void whatIsNotAWholePictureIsRefusedInOneLine() throws IOException {
        byte[] jpeg = Files.readAllBytes(GoldenImages.path("images/photo.jpg"));
        byte[] png = Files.readAllBytes(GoldenImages.path("images/hflip.png"));
        refuse(new byte[0], "x: found an empty file: must be a JPEG, PNG, GIF, BMP or WebP image");
        refuse(
                "<html>".getBytes(StandardCharsets.UTF_8),
                "x: found no image (first bytes 3c68746d): must be a JPEG, PNG, GIF, BMP or WebP image");
        refuse(
                "version https://git-lfs.github.com/spec/v1\n".getBytes(StandardCharsets.UTF_8),
                "x: found a Git LFS pointer instead of the image: must be a JPEG, PNG, GIF, BMP or WebP image");
        refuse(
                Arrays.copyOf(jpeg, jpeg.length * 6 / 10),
                "x: found a JPEG that ends too early: must be a whole image file");
        refuse(Arrays.copyOf(jpeg, 300), "x: ");
        refuse(Arrays.copyOf(png, png.length / 2), "x: ");
        refuse(Arrays.copyOf(png, 40), "x: ");
    }

    /** A reader that has refused a file must still read the next one. */
    @Test
    void decodesAfterARefusal() throws IOException {
        byte[] jpeg = Files.readAllBytes(GoldenImages.path("images/photo.jpg"));
        byte[] png = Files.readAllBytes(GoldenImages.path("images/hflip.png"));
        refuse(Arrays.copyOf(jpeg, jpeg.length / 2), "x: ");
        decoder.decode(jpeg, "photo", pixels);
        refuse(Arrays.copyOf(png, png.length / 2), "x: ");
        decoder.decode(png, "flip", pixels);
        assertEquals(96, pixels.width());
    }

    @Test
    void bytesAfterTheEndOfAJpegDoNotMatter() throws IOException {
        byte[] jpeg = Files.readAllBytes(GoldenImages.path("images/photo.jpg"));
        decoder.decode(jpeg, "photo", pixels);
        Pixels expected = pixels.copy();
        byte[] longer = Arrays.copyOf(jpeg, jpeg.length + 500);
        Arrays.fill(longer, jpeg.length, longer.length, (byte) 0x5A);
        decoder.decode(longer, "photo", pixels);
        assertEquals(0, GoldenImages.differences(expected, pixels));
    }

    @Test
    void hugePicturesAreRefusedByTheirHeader() throws IOException {
        byte[] png = Files.readAllBytes(GoldenImages.path("images/hflip.png"));
        try (ImageDecoder small = new ImageDecoder(96 * 96 - 1)) {
            StageFailure failure = assertThrows(StageFailure.class, () -> small.decode(png, "x", pixels));
            assertEquals("x: found 96x96: must be at most 9215 pixels and 65500 on a side", failure.getMessage());
        }
    }

    /** The reader of the JDK lets go of a file it could not read; one of usual JPEGs stands for the next file. */
    @Test
    @Timeout(60)
    void aRefusedFileIsNotKept() throws InterruptedException {
        BufferedImage image = ImageFiles.picture(160, 120, BufferedImage.TYPE_3BYTE_BGR);
        byte[] whole = ImageFiles.encode(image, "jpeg", true);
        // Without its end; with it too early; with more pixels than allowed.
        byte[] early = Arrays.copyOf(whole, whole.length / 2);
        early[early.length - 2] = (byte) 0xFF;
        early[early.length - 1] = (byte) 0xD9;
        for (byte[] file : new byte[][] {Arrays.copyOf(whole, whole.length / 2), early, whole}) {
            try (ImageDecoder small = new ImageDecoder(file == whole ? 100 : 160 * 120)) {
                WeakReference<byte[]> kept = refused(small, file.clone());
                byte[] next = ImageFiles.encode(ImageFiles.picture(8, 8, BufferedImage.TYPE_3BYTE_BGR), "jpeg", false);
                small.decode(next, "next", pixels);
                while (kept.get() != null) {
                    System.gc();
                    Thread.sleep(10);
                }
            }
        }
    }

    private WeakReference<byte[]> refused(ImageDecoder small, byte[] file) {
        assertThrows(DamagedImage.class, () -> small.decode(file, "x", pixels));
        return new WeakReference<>(file);
    }

    private void refuse(byte[] bytes, String start) {
        StageFailure failure = assertThrows(StageFailure.class, () -> decoder.decode(bytes, "x", pixels));
        assertEquals(ExitCode.BAD_DATA, failure.exitCode());
        assertTrue(failure.getMessage().startsWith(start), failure.getMessage());
        assertEquals(1, failure.getMessage().lines().count());
    }

    private void expect(byte[] file, int... rgb) {
        decoder.decode(file, "x", pixels);
        byte[] expected = new byte[rgb.length];
        for (int i = 0; i < rgb.length; i++) {
            expected[i] = (byte) rgb[i];
        }
        assertArrayEquals(expected, GoldenImages.bytes(pixels));
    }

    private static byte[] encode(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (!ImageIO.write(image, format, out)) {
            throw new IOException("no writer for " + format);
        }
        return out.toByteArray();
    }
}
