package viewfit.views;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.views.jpeg.JpegDecoder;
import viewfit.views.jpeg.JpegException;

/**
 * Image files to RGB bytes: JPEG, PNG, BMP and the first frame of a GIF, told apart by content, not by name. Samples are used
 * as stored: no colour profile is applied, the EXIF orientation is ignored, alpha is dropped, grey is copied to three channels
 * (the practice of torchvision's loader). Every refusal is a {@link StageFailure} with one line.
 *
 * <p>Keeps its readers; one object per thread.
 */
public final class ImageDecoder implements AutoCloseable {
    /** Pictures above this number of pixels are refused before decoding. */
    public static final long DEFAULT_PIXEL_LIMIT = 100_000_000;

    private static final long FILE_LIMIT = 512L << 20;
    private static final String ALLOWED = "a JPEG, PNG, BMP or GIF image";

    /** The formats and how their files begin. */
    private enum Format {
        JPEG,
        PNG,
        BMP,
        GIF
    }

    static {
        // Otherwise ImageIO writes temporary files.
        ImageIO.setUseCache(false);
    }

    private final long pixelLimit;
    private final JpegDecoder baseline = new JpegDecoder();
    private final Map<Format, ImageReader> readers = new EnumMap<>(Format.class);

    public ImageDecoder() {
        this(DEFAULT_PIXEL_LIMIT);
    }

    /**
     * A decoder with a limit of its own.
     *
     * @param pixelLimit largest allowed width times height
     */
    public ImageDecoder(long pixelLimit) {
        this.pixelLimit = pixelLimit;
    }

    /**
     * Reads and decodes a file.
     *
     * @param into receives the picture
     * @throws StageFailure NO_INPUT if there is no such file, IO if reading fails, BAD_DATA if it is not a whole picture
     */
    public void decode(Path file, Pixels into) {
        byte[] bytes;
        try {
            long size = Files.size(file);
            if (size > FILE_LIMIT) {
                throw bad(file.toString(), size + " bytes", "at most " + FILE_LIMIT + " bytes");
            }
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new StageFailure(ExitCode.NO_INPUT, file + ": no such file: must be an image file", e);
        } catch (IOException e) {
            throw new StageFailure(
                    ExitCode.IO, file + ": cannot be read (" + oneLine(e) + "): must be a readable image file", e);
        }
        decode(bytes, file.toString(), into);
    }

    /**
     * Decodes the bytes of a file.
     *
     * @param name what messages call the picture
     * @param into receives the picture
     * @throws StageFailure BAD_DATA if the bytes are not a whole picture
     */
    public void decode(byte[] bytes, String name, Pixels into) {
        Format format = format(bytes);
        if (format == null) {
            throw bad(name, whatElse(bytes), ALLOWED);
        }
        if (format == Format.JPEG && decodeBaseline(bytes, name, into)) {
            return;
        }
        ImageReader reader = readers.computeIfAbsent(format, ImageDecoder::reader);
        try {
            // Seek forward only and skip metadata: comments and profiles are never parsed.
            reader.setInput(new ByteArrayImageInput(bytes), true, true);
            checkSize(reader.getWidth(0), reader.getHeight(0), name);
            if (format == Format.JPEG) {
                decodeJpeg(reader, bytes, name, into);
            } else {
                RasterColour.toRgb(reader.read(0), into);
            }
            reader.reset();
        } catch (StageFailure e) {
            reader.reset();
            throw e;
        } catch (IOException | RuntimeException e) {
            // A reader that has thrown is not trusted with the next file.
            readers.remove(format);
            reader.dispose();
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    name + ": found a damaged " + format + " (" + oneLine(e) + "): must be a whole image file",
                    e);
        }
    }

    /** The usual JPEG files go through our own decoder: twice as fast as that of the JDK, and the same whatever the JDK. */
    private boolean decodeBaseline(byte[] bytes, String name, Pixels into) {
        try {
            if (!baseline.open(bytes, bytes.length)) {
                return false;
            }
            checkSize(baseline.width(), baseline.height(), name);
            JpegHeader.Colour colour = JpegHeader.parse(bytes).colour();
            into.reshape(baseline.width(), baseline.height());
            baseline.decode(colour == JpegHeader.Colour.YCBCR, into.data());
            return true;
        } catch (JpegException e) {
            throw new StageFailure(
                    ExitCode.BAD_DATA, name + ": found " + e.getMessage() + ": must be a whole image file", e);
        }
    }

    private void checkSize(int width, int height, String name) {
        if ((long) width * height > pixelLimit) {
            throw bad(name, width + "x" + height, "at most " + pixelLimit + " pixels");
        }
    }

    private static void decodeJpeg(ImageReader reader, byte[] bytes, String name, Pixels into) throws IOException {
        JpegHeader header = JpegHeader.parse(bytes);
        if (!header.complete()) {
            throw bad(name, "a JPEG that ends too early", "a whole image file");
        }
        JpegColour.toRgb(reader.readRaster(0, null), header.colour(), into);
    }

    private static @Nullable Format format(byte[] b) {
        if (starts(b, 0xFF, 0xD8, 0xFF)) {
            return Format.JPEG;
        }
        if (starts(b, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n')) {
            return Format.PNG;
        }
        if (starts(b, 'G', 'I', 'F', '8')) {
            return Format.GIF;
        }
        return starts(b, 'B', 'M') && b.length > 26 ? Format.BMP : null;
    }

    private static String whatElse(byte[] bytes) {
        if (bytes.length == 0) {
            return "an empty file";
        }
        String lfs = "version https://git-lfs";
        boolean pointer = bytes.length > lfs.length()
                && new String(bytes, 0, lfs.length(), StandardCharsets.ISO_8859_1).equals(lfs);
        return pointer ? "a Git LFS pointer instead of the image" : "no image";
    }

    private static boolean starts(byte[] bytes, int... magic) {
        if (bytes.length < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((bytes[i] & 255) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    private static ImageReader reader(Format format) {
        return ImageIO.getImageReadersByFormatName(format.name().toLowerCase(Locale.ROOT))
                .next();
    }

    private static StageFailure bad(String name, String found, String allowed) {
        return new StageFailure(ExitCode.BAD_DATA, name + ": found " + found + ": must be " + allowed);
    }

    private static String oneLine(Exception e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message.replaceAll("\\s+", " ");
    }

    @Override
    public void close() {
        readers.values().forEach(ImageReader::dispose);
        readers.clear();
    }
}
