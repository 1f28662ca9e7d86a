package viewfit.views;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Damage;
import viewfit.core.data.DamagedImage;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.goldens.Goldens;

/** Whatever is wrong with a file, it is found: no hang, no half picture, no other failure. */
class DamagedFilesTest {
    private static final int FLIPS = 300;
    private static final double MOST_SECONDS = 5;

    /** Small, so that a wrong header cannot cost more than 12 MB. */
    private static final long PIXEL_LIMIT = 4_000_000;

    private final ImageDecoder decoder = new ImageDecoder(PIXEL_LIMIT);
    private final Pixels pixels = new Pixels();

    private static String named(String name, int at) {
        return name + " at " + at;
    }

    @Test
    @Timeout(120)
    void aFileThatWasCutIsRefusedOrGivesTheWholePicture() {
        ImageFiles.whole().forEach((name, whole) -> {
            decoder.decode(whole, name, pixels);
            byte[] expected = GoldenImages.bytes(pixels);
            int shortest = whole.length;
            for (int length = whole.length - 1; length >= 0; length--) {
                byte[] cut = Arrays.copyOf(whole, length);
                try {
                    decoder.decode(cut, named(name, length), pixels);
                    assertArrayEquals(expected, GoldenImages.bytes(pixels), named(name, length));
                    shortest = length;
                } catch (DamagedImage e) {
                    assertEquals(1, String.valueOf(e.getMessage()).lines().count());
                }
            }
            // No more than the marks behind the last pixel.
            assertTrue(whole.length - shortest <= 24, name + " decoded from " + shortest + " of " + whole.length);
            String format = name.replaceAll("-.*", "");
            if (format.equals("jpeg") || format.equals("webp")) {
                assertEquals(whole.length, shortest, name);
            }
        });
    }

    @Test
    @Timeout(300)
    void flippedBitsGiveAPictureOrARefusal() {
        ImageFiles.whole().forEach((name, whole) -> {
            RandomStream random = SeedTree.root(11).at(name).stream();
            for (int i = 0; i < FLIPS; i++) {
                byte[] flipped = whole.clone();
                int flips = 1 + random.nextInt(4);
                for (int f = 0; f < flips; f++) {
                    int at = random.nextInt(i % 2 == 0 ? Math.min(64, whole.length) : whole.length);
                    flipped[at] ^= (byte) (1 << random.nextInt(8));
                }
                long start = System.nanoTime();
                try {
                    decoder.decode(flipped, named(name, i), pixels);
                } catch (DamagedImage e) {
                    assertEquals(1, String.valueOf(e.getMessage()).lines().count());
                }
                double seconds = (System.nanoTime() - start) / 1e9;
                assertTrue(seconds < MOST_SECONDS, named(name, i) + " took " + seconds + " s");
                assertTrue(pixels.data().length <= 3 * PIXEL_LIMIT, named(name, i));
            }
        });
    }

    /** The look at header and end agrees on whole files, and finds what was cut off before its mark. */
    @Test
    void theCheapCheckFindsFilesThatWereCutOff() {
        ImageFiles.whole().forEach((name, whole) -> {
            decoder.decode(whole, name, pixels);
            assertEquals(pixels.width(), decoder.check(whole, name).width(), name);
            assertEquals(pixels.height(), decoder.check(whole, name).height(), name);
            byte[] half = Arrays.copyOf(whole, whole.length / 2);
            assertThrows(DamagedImage.class, () -> decoder.check(half, name), name);
        });
    }

    /** libjpeg only warns of these and fills the gap; progressive files are its, others ours. */
    @Test
    void damagedScansOfJpegsAreFound() {
        BufferedImage image = ImageFiles.picture(160, 120, BufferedImage.TYPE_3BYTE_BGR);
        byte[] whole = ImageFiles.encode(image, "jpeg", false);
        DamagedImage ours = assertThrows(DamagedImage.class, () -> decoder.decode(early(whole), "x", pixels));
        assertEquals(Damage.TRUNCATED, ours.reason());
        assertEquals("a JPEG that ends too early", ours.found());
        byte[] progressive = ImageFiles.encode(image, "jpeg", true);
        DamagedImage e = assertThrows(DamagedImage.class, () -> decoder.decode(early(progressive), "x", pixels));
        assertEquals(Damage.CORRUPT, e.reason());
        assertTrue(e.found().startsWith("a JPEG with damaged pixels ("), e.found());
        // The next file is none the worse for it, and bytes before a mark are no damage.
        byte[] extra = Arrays.copyOf(whole, whole.length + 3);
        extra[whole.length - 2] = 1;
        extra[whole.length - 1] = 2;
        extra[whole.length] = 3;
        extra[whole.length + 1] = (byte) 0xFF;
        extra[whole.length + 2] = (byte) 0xD9;
        decoder.decode(whole, "x", pixels);
        byte[] expected = GoldenImages.bytes(pixels);
        decoder.decode(extra, "x", pixels);
        assertArrayEquals(expected, GoldenImages.bytes(pixels));
    }

    /** The end mark in the middle of the file. */
    private static byte[] early(byte[] whole) {
        byte[] early = Arrays.copyOf(whole, whole.length / 2 + 2);
        early[early.length - 2] = (byte) 0xFF;
        early[early.length - 1] = (byte) 0xD9;
        return early;
    }

    @Test
    void stripsGiveTheSamePicture() throws IOException, BrokenImage {
        BufferedImage image = ImageFiles.picture(83, 61, BufferedImage.TYPE_3BYTE_BGR);
        for (boolean progressive : new boolean[] {false, true}) {
            byte[] file = ImageFiles.encode(image, "jpeg", progressive);
            decoder.decode(file, "x", pixels);
            for (int stripPixels : new int[] {1, 83 * 7, 83 * 16, 83 * 60}) {
                Pixels strips = new Pixels();
                try (ImageIoJpeg jpeg = new ImageIoJpeg(stripPixels)) {
                    jpeg.open(file);
                    jpeg.decode(file, strips);
                }
                assertEquals(0, GoldenImages.differences(pixels, strips), progressive + " " + stripPixels);
            }
        }
    }

    @Test
    void twelveBitsAreUnsupported() {
        byte[] file = ImageFiles.encode(ImageFiles.picture(16, 16, BufferedImage.TYPE_3BYTE_BGR), "jpeg", false);
        for (int i = 0; i + 4 < file.length; i++) {
            if (file[i] == (byte) 0xFF && file[i + 1] == (byte) 0xC0) {
                file[i + 4] = 12;
            }
        }
        DamagedImage e = assertThrows(DamagedImage.class, () -> decoder.decode(file, "x", pixels));
        assertEquals(Damage.UNSUPPORTED, e.reason(), e.getMessage());
    }

    /**
     * 100 million pixels cost their own 300 MB and little more, the documented 8 bytes more of each for WebP, whatever their shape;
     * longer sides cost nothing. In a heap without room for the picture the end is that of the heap.
     */
    @ParameterizedTest
    @CsvSource({
        "png-grey,  10000,     10000,     360m, 0",
        "png-grey,  10000,     10000,     200m, 3",
        "png-deep,  65500,     1526,      360m, 0",
        "png-deep,  1526,      65500,     360m, 0",
        "png-deep,  100000000, 1,         64m,  65",
        "png-deep,  1,         100000000, 64m,  65",
        "png-grey,  65501,     1,         64m,  65",
        "jpeg,      10000,     10000,     480m, 0",
        "jpeg,      65500,     1526,      480m, 0",
        "jpeg,      1526,      65500,     480m, 0",
        "gif,       10000,     10000,     360m, 0",
        "gif,       65500,     1526,      360m, 0",
        "gif,       1526,      65500,     360m, 0",
        "gif,       65501,     1,         64m,  65",
        "bmp,       10000,     10000,     360m, 0",
        "bmp,       65500,     1526,      360m, 0",
        "bmp,       1526,      65500,     360m, 0",
        "bmp,       100000000, 1,         64m,  65",
        "bmp,       1,         100000000, 64m,  65",
        "webp,      10000,     10000,     1200m, 0",
        "webp,      16384,     6103,      1200m, 0",
        "webp,      6103,      16384,     1200m, 0"
    })
    @Timeout(120)
    void aHundredMegapixelsFitTheirOwnSize(String kind, int width, int height, String heap, int exitCode)
            throws IOException, InterruptedException {
        assertEquals(exitCode, child(kind, width, height, heap));
    }

    private static int child(String kind, int width, int height, String heap) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(
                        java,
                        "-Xmx" + heap,
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Djava.awt.headless=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HundredMegapixels.class.getName(),
                        kind,
                        String.valueOf(width),
                        String.valueOf(height))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(100, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            return -1;
        }
        return process.exitValue();
    }

    private void decode(Path file) throws IOException {
        decoder.decode(Files.readAllBytes(file), file.toString(), pixels);
    }

    /** The folder of odd files beside the repository, where it is: sizes and means as its manifest has them. */
    @Test
    void oddFilesDecodeToTheirManifestOrAreRefused() throws IOException {
        Path folder = Goldens.testData("goldens")
                .resolve("../../../shared/data/oddities")
                .normalize();
        Assumptions.assumeTrue(Files.isRegularFile(folder.resolve("manifest.json")), "no " + folder);
        Map<String, Damage> refused = Map.of(
                "syn_truncated.JPEG", Damage.TRUNCATED,
                "syn_no_eoi.JPEG", Damage.TRUNCATED,
                "syn_empty.JPEG", Damage.EMPTY,
                "syn_text.JPEG", Damage.NO_IMAGE,
                "syn_lfs_pointer.JPEG", Damage.LFS_POINTER);
        int count = 0;
        for (JsonNode entry :
                new ObjectMapper().readTree(folder.resolve("manifest.json").toFile())) {
            Path file = folder.resolve(entry.get("file").asText());
            count++;
            if (!entry.get("decodable").asBoolean()) {
                DamagedImage e = assertThrows(DamagedImage.class, () -> decode(file));
                assertEquals(refused.get(entry.get("file").asText()), e.reason());
                continue;
            }
            try {
                decode(file);
            } catch (StageFailure e) {
                throw new AssertionError(file + ": refused", e);
            }
            assertEquals(entry.get("width").asInt(), pixels.width(), file.toString());
            assertEquals(entry.get("height").asInt(), pixels.height(), file.toString());
            for (int c = 0; c < 3; c++) {
                long sum = 0;
                for (int i = c; i < pixels.byteCount(); i += 3) {
                    sum += pixels.data()[i] & 255;
                }
                double mean = 3.0 * sum / pixels.byteCount();
                // The manifest has three decimals.
                assertEquals(entry.get("mean_rgb_pillow").get(c).asDouble(), mean, 0.00051, file.toString());
            }
        }
        assertEquals(30, count);
    }
}
