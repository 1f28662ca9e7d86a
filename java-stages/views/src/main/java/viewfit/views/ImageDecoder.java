package viewfit.views;

import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Damage;
import viewfit.core.data.DamagedImage;
import viewfit.core.data.ImageFormat;
import viewfit.core.data.ImageSize;
import viewfit.views.jpeg.JpegDecoder;
import viewfit.views.jpeg.JpegException;

/**
 * Image files to RGB bytes: JPEG, PNG, BMP, WebP and the first frame of a GIF, told apart by content, not by name. The result
 * is that of Pillow's {@code Image.open(file).convert("RGB")}, the loader of torchvision: samples are used as stored, no
 * colour profile is applied, the EXIF orientation is ignored, alpha is dropped, grey is copied to three channels. Where
 * Pillow only fills a gap in a damaged file, the file is refused. Every refusal is a {@link DamagedImage} with one line.
 *
 * <p>The size in the header is checked before anything is allocated for the pixels: a picture has at most 100 million of them and
 * 65,500 on a side, and no more than the length of its data can hold where the format has such a bound. Beside the file and the
 * picture (3 bytes per pixel) a decoder holds a few rows of a PNG, GIF or BMP, the planes of a JPEG (1.5 to 3 bytes per pixel,
 * above 16.7 million pixels a strip), and about 8 bytes per pixel of a WebP.
 *
 * <p>Keeps its reader; one object per thread.
 */
public final class ImageDecoder implements AutoCloseable {
    /** Pictures above this number of pixels are refused before decoding. */
    public static final long DEFAULT_PIXEL_LIMIT = 100_000_000;

    /** Longest side that is read, in pixels, so that rows are short: the limit of libjpeg. */
    public static final int SIDE_LIMIT = 65_500;

    /** Pixels of one bit of a JPEG: the level of a block has a code, and one component has blocks for the whole picture. */
    private static final long JPEG_PIXELS_PER_BIT = 64;

    private static final String WHOLE = "a whole image file";

    static {
        // Otherwise ImageIO writes temporary files.
        ImageIO.setUseCache(false);
    }

    private final long pixelLimit;
    private final JpegDecoder baseline = new JpegDecoder();
    private @Nullable ImageIoJpeg jpeg;

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
     * Decodes the bytes of a file.
     *
     * @param name what messages call the picture
     * @param into receives the picture
     * @throws DamagedImage if the bytes are not a whole picture
     */
    public void decode(byte[] bytes, String name, Pixels into) {
        inspect(bytes, name, into);
    }

    /**
     * Looks at the header and for the end mark of a picture, without decoding it.
     *
     * @param name what messages call the picture
     * @throws DamagedImage if the bytes cannot be a whole picture
     */
    public ImageSize check(byte[] bytes, String name) {
        return inspect(bytes, name, null);
    }

    /** Decodes into a picture, or without one looks only. */
    private ImageSize inspect(byte[] bytes, String name, @Nullable Pixels into) {
        byte[] head = Arrays.copyOf(bytes, Math.min(bytes.length, ImageFormat.HEAD_BYTES));
        ImageFormat format = ImageFormat.of(head);
        if (format == null) {
            throw ImageFormat.refuse(head, name);
        }
        try {
            return switch (format) {
                case JPEG -> decodeJpeg(bytes, name, into);
                case PNG -> decodePng(bytes, name, into);
                case GIF -> decodeGif(bytes, name, into);
                case BMP -> decodeBmp(bytes, name, into);
                case WEBP -> decodeWebp(bytes, name, into);
            };
        } catch (BrokenImage e) {
            throw new DamagedImage(e.reason(), name, e.found(), WHOLE, e);
        } catch (StageFailure e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            close();
            boolean kind = oneLine(e).startsWith("Unsupported");
            throw new DamagedImage(
                    kind ? Damage.UNSUPPORTED : Damage.CORRUPT,
                    name,
                    (kind ? "a kind of " + format + " that is not read (" : "a damaged " + format + " (") + oneLine(e)
                            + ")",
                    WHOLE,
                    e);
        }
    }

    private ImageSize decodeJpeg(byte[] bytes, String name, @Nullable Pixels into) throws IOException, BrokenImage {
        try {
            if (baseline.open(bytes, bytes.length) && pixels(baseline) <= ImageIoJpeg.STRIP_PIXELS) {
                return decodeBaseline(bytes, name, into);
            }
        } catch (JpegException e) {
            throw e.cut() ? BrokenImage.truncated(e.found()) : BrokenImage.corrupt(e.found());
        } finally {
            baseline.release();
        }
        if (jpeg == null) {
            jpeg = new ImageIoJpeg();
        }
        ImageIoJpeg reader = jpeg;
        try {
            ImageSize size = allowed(reader.open(bytes), name);
            requireData(size, bytes);
            if (into != null) {
                reader.decode(bytes, into);
            } else {
                requireEnd(bytes);
            }
            return size;
        } finally {
            // Also of a refused file: the reader would hold its bytes until the next one.
            reader.reset();
        }
    }

    /** The usual JPEG files: the same pixels whatever JPEG library the JDK has. */
    private ImageSize decodeBaseline(byte[] bytes, String name, @Nullable Pixels into)
            throws JpegException, BrokenImage {
        ImageSize size = allowed(new ImageSize(baseline.width(), baseline.height()), name);
        requireData(size, bytes);
        if (into == null) {
            requireEnd(bytes);
            return size;
        }
        into.reshape(size.width(), size.height());
        baseline.decode(JpegHeader.parse(bytes).colour() == JpegHeader.Colour.YCBCR, into.data());
        return size;
    }

    private static long pixels(JpegDecoder opened) {
        return (long) opened.width() * opened.height();
    }

    /** A header may ask for any size; nothing is allocated for what the data cannot hold. */
    private static void requireData(ImageSize size, byte[] bytes) throws BrokenImage {
        if (size.pixels() > 8L * bytes.length * JPEG_PIXELS_PER_BIT) {
            throw BrokenImage.truncated("a JPEG that ends too early");
        }
    }

    private static void requireEnd(byte[] bytes) throws BrokenImage {
        if (!JpegHeader.parse(bytes).ends(bytes)) {
            throw BrokenImage.truncated("a JPEG that ends too early");
        }
    }

    private ImageSize decodePng(byte[] bytes, String name, @Nullable Pixels into) throws BrokenImage {
        PngDecoder png = new PngDecoder(bytes);
        ImageSize size = allowed(png.size(), name);
        if (into != null) {
            png.decode(into);
        } else {
            png.requireEnd();
        }
        return size;
    }

    private ImageSize decodeGif(byte[] bytes, String name, @Nullable Pixels into) throws BrokenImage {
        GifDecoder gif = new GifDecoder(bytes);
        ImageSize size = allowed(gif.size(), name);
        if (into != null) {
            gif.decode(into);
        } else {
            gif.requireEnd();
        }
        return size;
    }

    private ImageSize decodeBmp(byte[] bytes, String name, @Nullable Pixels into) throws BrokenImage {
        BmpDecoder bmp = new BmpDecoder(bytes);
        ImageSize size = allowed(bmp.size(), name);
        if (into != null) {
            bmp.decode(into);
        } else {
            bmp.requireEnd();
        }
        return size;
    }

    /** Of a WebP the container is whole once it has been read. */
    private ImageSize decodeWebp(byte[] bytes, String name, @Nullable Pixels into) throws BrokenImage, IOException {
        WebpDecoder webp = new WebpDecoder(bytes);
        ImageSize size = allowed(webp.size(), name);
        if (into != null) {
            webp.decode(into);
        }
        return size;
    }

    private ImageSize allowed(ImageSize size, String name) {
        if (size.pixels() > pixelLimit || Math.max(size.width(), size.height()) > SIDE_LIMIT) {
            throw new DamagedImage(
                    Damage.TOO_LARGE,
                    name,
                    size.width() + "x" + size.height(),
                    "at most " + pixelLimit + " pixels and " + SIDE_LIMIT + " on a side",
                    null);
        }
        return size;
    }

    private static String oneLine(Exception e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message.replaceAll("\\s+", " ");
    }

    /** A reader that has thrown is not trusted with the next file either. */
    @Override
    public void close() {
        if (jpeg != null) {
            jpeg.close();
            jpeg = null;
        }
    }
}
