package viewfit.views;

import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import viewfit.core.data.DamagedImage;
import viewfit.core.data.ImageCheck;
import viewfit.core.data.ImageSize;

/** Checks images by decoding them, or by a look at header and end mark. Safe for use by many threads. */
public final class ImageAudit implements ImageCheck, AutoCloseable {
    /**
     * Pictures above this are decoded one at a time, and their memory is given back: what a check needs must not grow by a
     * largest picture with every thread.
     */
    private static final long LARGE_PIXELS = 20_000_000;

    private final ReentrantLock large = new ReentrantLock();
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
        if (small(decoder, bytes, where)) {
            Pixels kept = buffers.poll();
            Pixels pixels = kept == null ? new Pixels() : kept;
            try {
                return decode(decoder, bytes, where, pixels);
            } finally {
                buffers.add(pixels);
            }
        }
        large.lock();
        try {
            return decode(decoder, bytes, where, new Pixels());
        } finally {
            large.unlock();
        }
    }

    private static ImageSize decode(ImageDecoder decoder, byte[] bytes, String where, Pixels into) {
        decoder.decode(bytes, where, into);
        return new ImageSize(into.width(), into.height());
    }

    /** By its header. What is wrong with a picture is for the decoder to say. */
    private static boolean small(ImageDecoder decoder, byte[] bytes, String where) {
        try {
            return decoder.check(bytes, where).pixels() <= LARGE_PIXELS;
        } catch (DamagedImage e) {
            return false;
        }
    }

    @Override
    public void close() {
        decoders.forEach(ImageDecoder::close);
        decoders.clear();
        buffers.clear();
    }
}
