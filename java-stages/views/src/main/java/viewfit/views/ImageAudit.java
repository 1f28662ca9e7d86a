package viewfit.views;

import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import viewfit.core.data.ImageCheck;
import viewfit.core.data.ImageSize;

/** Checks images by decoding them, or by a look at header and end mark. Safe for use by many threads. */
public final class ImageAudit implements ImageCheck, AutoCloseable {
    /** Buffers above this are not kept for the next image. */
    private static final int KEPT_BYTES = 64 << 20;

    private final Depth depth;
    private final ConcurrentLinkedQueue<ImageDecoder> decoders = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Pixels> buffers = new ConcurrentLinkedQueue<>();

    /** How closely to look. */
    public enum Depth {
        /** Every pixel: what passes can be trained on. */
        DECODE,
        /** Header and end mark: finds files that were cut off, not damage inside. */
        HEADER;

        /** As on the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public ImageAudit(Depth depth) {
        this.depth = depth;
    }

    @Override
    public ImageSize check(byte[] bytes, String where) {
        ImageDecoder decoder = decoders.poll();
        if (decoder == null) {
            decoder = new ImageDecoder();
        }
        try {
            return depth == Depth.HEADER ? decoder.check(bytes, where) : decode(decoder, bytes, where);
        } finally {
            decoders.add(decoder);
        }
    }

    private ImageSize decode(ImageDecoder decoder, byte[] bytes, String where) {
        Pixels pixels = buffers.poll();
        if (pixels == null) {
            pixels = new Pixels();
        }
        try {
            decoder.decode(bytes, where, pixels);
            return new ImageSize(pixels.width(), pixels.height());
        } finally {
            if (pixels.data().length <= KEPT_BYTES) {
                buffers.add(pixels);
            }
        }
    }

    @Override
    public void close() {
        decoders.forEach(ImageDecoder::close);
        decoders.clear();
    }
}
