package viewfit.views;

import java.awt.Rectangle;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import org.jspecify.annotations.Nullable;
import viewfit.core.data.ImageSize;

/**
 * JPEG files by the reader of the JDK. What it only warns of while it fills the gap with grey or noise is an error here.
 * Large pictures are read in strips, so that raw components and picture are never both whole in memory.
 */
final class ImageIoJpeg implements AutoCloseable {
    /** Pixels of a strip; smaller pictures are read at once, since each strip decodes all rows above it again. */
    static final int STRIP_PIXELS = 1 << 24;

    /** Parts of libjpeg's warnings after which the pixels are not those of the picture. */
    private static final List<String> DAMAGE = List.of(
            "premature end",
            "Premature end",
            "bad Huffman code",
            "instead of RST",
            "Inconsistent progression",
            "Invalid SOS parameters",
            "Truncated File");

    private final ImageReader reader =
            ImageIO.getImageReadersByFormatName("jpeg").next();
    private final int stripPixels;
    private @Nullable String damage;

    ImageIoJpeg() {
        this(STRIP_PIXELS);
    }

    /** With strips of another size. */
    ImageIoJpeg(int stripPixels) {
        this.stripPixels = stripPixels;
        reader.addIIOReadWarningListener(this::warn);
    }

    /** Reads the sides. */
    ImageSize open(byte[] bytes) throws IOException {
        damage = null;
        // Metadata are skipped: comments and profiles are never parsed.
        reader.setInput(new ByteArrayImageInput(bytes), false, true);
        return new ImageSize(reader.getWidth(0), reader.getHeight(0));
    }

    /** Decodes the picture that was opened. */
    void decode(byte[] bytes, Pixels into) throws IOException, BrokenImage {
        JpegHeader header = JpegHeader.parse(bytes);
        if (!header.ends(bytes)) {
            throw BrokenImage.truncated("a JPEG that ends too early");
        }
        int width = reader.getWidth(0);
        int height = reader.getHeight(0);
        int rows = Math.max(1, stripPixels / width);
        if (rows >= height) {
            JpegColour.toRgb(reader.readRaster(0, null), header.colour(), into);
        } else {
            Pixels strip = new Pixels();
            into.reshape(width, height);
            for (int y = 0; y < height; y += rows) {
                ImageReadParam region = reader.getDefaultReadParam();
                region.setSourceRegion(new Rectangle(0, y, width, Math.min(rows, height - y)));
                JpegColour.toRgb(reader.readRaster(0, region), header.colour(), strip);
                System.arraycopy(strip.data(), 0, into.data(), 3 * y * width, strip.byteCount());
            }
        }
        if (damage != null) {
            throw BrokenImage.corrupt("a JPEG with damaged pixels (" + damage + ")");
        }
    }

    /** Lets go of the file. */
    void reset() {
        reader.setInput(null);
    }

    private void warn(ImageReader source, String warning) {
        if (damage == null && DAMAGE.stream().anyMatch(warning::contains)) {
            damage = warning;
        }
    }

    @Override
    public void close() {
        reader.dispose();
    }
}
