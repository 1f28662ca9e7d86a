package viewfit.views.jpeg;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Decodes baseline JPEG files to interleaved RGB bytes, bit for bit as libjpeg-turbo does with its default settings: accurate
 * integer transform, interpolated chroma, 16-bit colour constants. Keeps its buffers; one object per thread.
 *
 * <pre>{@code
 * if (decoder.open(bytes, length)) {
 *     byte[] rgb = new byte[3 * decoder.width() * decoder.height()];
 *     decoder.decode(true, rgb);
 * }
 * }</pre>
 */
public final class JpegDecoder {
    private static final byte[] NOTHING = new byte[0];
    private static final int MOST_KEPT = 16 << 20;

    private final Deque<HuffmanTable> known = new ArrayDeque<>();
    private final EntropyDecoder data = new EntropyDecoder();
    private final InverseDct transform = new InverseDct();
    private final Upsampler upsampler = new Upsampler();
    private final ColourRow colours = new ColourRow();
    private final int[][] rows = new int[3][0];
    private byte[] planes = new byte[0];
    private byte[] bytes = NOTHING;
    private int length;
    private @Nullable Frame frame;

    /**
     * Reads the headers of a file.
     *
     * @param newBytes a JPEG file, from its SOI marker
     * @param newLength how many bytes it has
     * @return false if it is of a kind this decoder leaves to others: progressive, arithmetic, lossless, 12-bit, four components,
     *     several scans
     * @throws JpegException if the headers are damaged
     */
    public boolean open(byte[] newBytes, int newLength) throws JpegException {
        frame = Frame.parse(newBytes, newLength, known);
        bytes = frame == null ? NOTHING : newBytes;
        length = newLength;
        return frame != null;
    }

    private Frame opened() {
        Frame f = frame;
        if (f == null) {
            throw new IllegalStateException("JPEG decoder: nothing opened: open() must have returned true");
        }
        return f;
    }

    /** Width of the open picture in pixels. */
    public int width() {
        return opened().width;
    }

    /** Height of the open picture in pixels. */
    public int height() {
        return opened().height;
    }

    /**
     * Decodes the open picture.
     *
     * @param ycc whether three components are luma and chroma; otherwise they are RGB already
     * @param rgb receives height x width x 3 bytes
     * @throws JpegException if the data end too early or are damaged
     */
    public void decode(boolean ycc, byte[] rgb) throws JpegException {
        Frame f = opened();
        int needed = Component.planeBytes(f.components, f);
        if (planes.length < needed) {
            planes = new byte[needed];
        }
        coefficients(f);
        for (int y = 0; y < f.height; y++) {
            row(f, ycc, y, rgb);
        }
    }

    /** Lets go of the file. Without this it is kept until the next one is opened. */
    public void release() {
        frame = null;
        bytes = NOTHING;
        if (planes.length > MOST_KEPT) {
            planes = NOTHING;
        }
        data.release();
    }

    private void coefficients(Frame f) throws JpegException {
        data.open(bytes, f.dataStart, length);
        transform.into(planes);
        int[] dc = new int[f.components.length];
        int across = f.mcusAcross();
        int mcus = across * f.mcusDown();
        for (int mcu = 0; mcu < mcus; mcu++) {
            if (f.restartInterval > 0 && mcu > 0 && mcu % f.restartInterval == 0) {
                data.restart();
                Arrays.fill(dc, 0);
            }
            int mcuX = mcu % across;
            int mcuY = mcu / across;
            for (int i = 0; i < dc.length; i++) {
                Component c = f.components[i];
                for (int v = 0; v < c.v; v++) {
                    int target = c.start + (mcuY * c.v + v) * 8 * c.stride + mcuX * c.h * 8;
                    for (int h = 0; h < c.h; h++) {
                        int lane = transform.add(target + 8 * h, c.stride);
                        dc[i] = data.block(c, dc[i], transform.inFileOrder, lane);
                    }
                }
            }
        }
        transform.flush();
        if (!data.ends()) {
            throw JpegException.cut("a JPEG that ends too early");
        }
    }

    private void row(Frame f, boolean ycc, int y, byte[] rgb) {
        // Upsampled rows may be some samples longer than the picture.
        int room = f.width + 8;
        for (int i = 0; i < f.components.length; i++) {
            if (rows[i].length < room) {
                rows[i] = new int[room];
            }
            Component c = f.components[i];
            upsampler.row(planes, c, y, f.maxH / c.h, f.maxV / c.v, rows[i]);
        }
        int at = 3 * y * f.width;
        if (f.components.length == 1) {
            colours.fromGrey(rows[0], f.width, rgb, at);
        } else if (ycc) {
            colours.fromYcc(rows[0], rows[1], rows[2], f.width, rgb, at);
        } else {
            colours.fromRgb(rows[0], rows[1], rows[2], f.width, rgb, at);
        }
    }
}
