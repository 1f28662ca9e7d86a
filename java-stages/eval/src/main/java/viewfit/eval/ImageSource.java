package viewfit.eval;

import java.util.function.Consumer;

/** The images of one manifest, batch by batch. */
public interface ImageSource extends AutoCloseable {
    /** Number of images of one pass. */
    int count();

    /**
     * Hands out every image once, in an order and with crops that depend on nothing but the source's seed and the
     * epoch. A batch is valid until {@code use} returns.
     *
     * @param epoch counted from 0; a source of random crops is read epoch after epoch
     */
    void pass(int epoch, Consumer<PixelBatch> use);

    @Override
    void close();
}
