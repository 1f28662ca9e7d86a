package viewfit.views;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.ImageReader;
import viewfit.core.data.ImageSize;

/**
 * WebP files to RGB: lossy, lossless, with or without alpha, and the first frame of an animation. The container is taken
 * apart here, and only the frame's own bit stream goes to the reader of TwelveMonkeys: profiles and metadata play no part,
 * alpha is dropped without blending, an animation's frame lies on black.
 *
 * <p>Lossless pictures equal those of libwebp. Lossy ones have the same luma; their colours are repeated over 2x2 pixels
 * where libwebp interpolates them, which differs by less than two levels on average and by tens at sharp coloured edges.
 */
final class WebpDecoder {
    private static final int RIFF_HEADER = 12;
    private static final int CHUNK_HEADER = 8;
    private static final int FRAME_HEADER = 16;
    private static final int VP8L_SIGNATURE = 0x2F;

    /** Bytes of a picture that the reader accepts of a byte of a file. */
    private static final int READER_EXPANSION = 2048;

    /** Side of a block of a lossy picture; the mode of its colours takes most of a bit, that of its luma more than one. */
    private static final int BLOCK = 16;

    private final Octets in;
    private int width;
    private int height;
    private int left;
    private int top;
    private int frameWidth;
    private int frameHeight;
    private long frame;
    private long frameBytes;

    /**
     * Finds the first frame.
     *
     * @throws BrokenImage if the file is not whole or not WebP
     */
    WebpDecoder(byte[] bytes) throws BrokenImage {
        in = new Octets(bytes, "WebP");
        long end = CHUNK_HEADER + in.le32(4);
        in.need(0, end);
        chunks(RIFF_HEADER, end, false);
        if (frame == 0) {
            throw BrokenImage.corrupt("a WebP without a picture");
        }
        if (width == 0) {
            width = frameWidth;
            height = frameHeight;
        }
        if (left + frameWidth > width || top + frameHeight > height) {
            throw BrokenImage.corrupt("a WebP with a frame of " + frameWidth + "x" + frameHeight + " pixels at " + left
                    + "," + top + " on " + width + "x" + height);
        }
    }

    private void chunks(long start, long end, boolean inFrame) throws BrokenImage {
        boolean animated = false;
        long from = start;
        while (from + CHUNK_HEADER <= end && frame == 0) {
            String tag = in.tag(from);
            long length = in.le32(from + 4);
            long body = from + CHUNK_HEADER;
            in.need(body, length);
            switch (tag) {
                case "VP8X" -> {
                    in.need(body, 10);
                    animated = (in.u8(body) & 2) != 0;
                    width = 1 + (in.le16(body + 4) | in.u8(body + 6) << 16);
                    height = 1 + (in.le16(body + 7) | in.u8(body + 9) << 16);
                }
                case "ANMF" -> {
                    if (!inFrame && animated) {
                        left = 2 * (in.le16(body) | in.u8(body + 2) << 16);
                        top = 2 * (in.le16(body + 3) | in.u8(body + 5) << 16);
                        chunks(body + FRAME_HEADER, body + length, true);
                    }
                }
                case "VP8 ", "VP8L" -> picture(tag, from, body, length);
                default -> {}
            }
            from = body + length + (length & 1);
        }
    }

    private void picture(String tag, long from, long body, long length) throws BrokenImage {
        frame = from;
        frameBytes = CHUNK_HEADER + length;
        if (tag.equals("VP8L")) {
            if (length < 5 || in.u8(body) != VP8L_SIGNATURE) {
                throw BrokenImage.corrupt("a WebP with a damaged picture header");
            }
            long sides = in.le32(body + 1);
            frameWidth = 1 + (int) (sides & 0x3FFF);
            frameHeight = 1 + (int) (sides >> 14 & 0x3FFF);
            return;
        }
        if (length < 10 || (in.u8(body) & 1) != 0 || in.le16(body + 3) != 0x019D || in.u8(body + 5) != 0x2A) {
            throw BrokenImage.corrupt("a WebP with a damaged picture header");
        }
        long firstPart = (in.le16(body) | in.u8(body + 2) << 16) >> 5;
        if (10 + firstPart > length) {
            throw BrokenImage.truncated("a WebP that ends too early");
        }
        frameWidth = in.le16(body + 6) & 0x3FFF;
        frameHeight = in.le16(body + 8) & 0x3FFF;
        if (frameWidth == 0 || frameHeight == 0) {
            throw BrokenImage.corrupt("a WebP of " + frameWidth + "x" + frameHeight + " pixels");
        }
        long blocks = (long) ((frameWidth + BLOCK - 1) / BLOCK) * ((frameHeight + BLOCK - 1) / BLOCK);
        if (blocks > 8 * length) {
            throw BrokenImage.truncated("a WebP that ends too early");
        }
    }

    ImageSize size() {
        return new ImageSize(width, height);
    }

    /** Decodes the pixels. */
    void decode(Pixels into) throws BrokenImage, IOException {
        ImageReader reader = new WebPImageReaderSpi().createReaderInstance();
        BufferedImage image;
        try {
            reader.setInput(new ByteArrayImageInput(alone()), true, true);
            image = reader.read(0);
        } finally {
            reader.dispose();
        }
        Raster raster = image.getRaster();
        int bands = raster.getNumBands();
        if (image.getWidth() != frameWidth || image.getHeight() != frameHeight || bands < 3) {
            throw BrokenImage.corrupt("a WebP whose picture does not have the size of its header");
        }
        into.reshape(width, height);
        byte[] to = into.data();
        if (frameWidth < width || frameHeight < height) {
            Arrays.fill(to, 0, into.byteCount(), (byte) 0);
        }
        int[] row = new int[bands * frameWidth];
        for (int y = 0; y < frameHeight; y++) {
            raster.getPixels(0, y, frameWidth, 1, row);
            int q = 3 * ((top + y) * width + left);
            for (int x = 0; x < frameWidth; x++, q += 3) {
                to[q] = (byte) row[x * bands];
                to[q + 1] = (byte) row[x * bands + 1];
                to[q + 2] = (byte) row[x * bands + 2];
            }
        }
    }

    /**
     * A file of nothing but the frame, and zeros behind it: the reader refuses pictures that are large for the length of their file,
     * and a picture of one colour takes some 20 bytes whatever its size.
     */
    private byte[] alone() {
        int padded = (int) (frameBytes + (frameBytes & 1));
        int most = (int) (3L * frameWidth * frameHeight / READER_EXPANSION) + 1;
        byte[] file = new byte[Math.max(RIFF_HEADER + padded, most)];
        System.arraycopy("RIFF".getBytes(StandardCharsets.ISO_8859_1), 0, file, 0, 4);
        for (int i = 0; i < 4; i++) {
            file[4 + i] = (byte) ((padded + 4) >> (8 * i));
        }
        System.arraycopy("WEBP".getBytes(StandardCharsets.ISO_8859_1), 0, file, 8, 4);
        System.arraycopy(in.bytes, (int) frame, file, RIFF_HEADER, (int) frameBytes);
        return file;
    }
}
