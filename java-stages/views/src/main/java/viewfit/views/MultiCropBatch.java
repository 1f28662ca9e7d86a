package viewfit.views;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The views of one training step. Contents stay valid until the loader's following {@code next()}.
 *
 * <p>Block k holds {@code [views * size, side, side, 3]} unsigned bytes in view-major order: all pictures of its first view,
 * then all of its second, and so on.
 */
public final class MultiCropBatch {
    private final List<ViewBlock> blocks;
    private final List<ByteBuffer> data = new ArrayList<>();
    private final Crop[] crops;
    private final int[] images;
    private final List<List<Integer>> damaged;
    private final int size;
    private long epoch;
    private long stepInEpoch;

    MultiCropBatch(List<ViewBlock> blocks, int size) {
        this.blocks = blocks;
        this.size = size;
        int views = 0;
        for (ViewBlock block : blocks) {
            data.add(ByteBuffer.allocateDirect(Math.multiplyExact(block.viewBytes(), block.views() * size)));
            views += block.views();
        }
        crops = new Crop[views * size];
        images = new int[size];
        damaged = new ArrayList<>(Collections.nCopies(size, List.of()));
    }

    void begin(long newEpoch, long newStepInEpoch) {
        epoch = newEpoch;
        stepInEpoch = newStepInEpoch;
    }

    void setImage(int position, int image, List<Integer> damagedBefore) {
        images[position] = image;
        damaged.set(position, damagedBefore);
    }

    /** Damaged pictures that the picture at a position stands in for; mostly none. */
    List<Integer> damaged(int position) {
        return damaged.get(position);
    }

    void setCrop(int view, int position, Crop crop) {
        crops[view * size + position] = crop;
    }

    /** The buffer that is written, without the read position of {@link #data}. */
    ByteBuffer target(int block) {
        return data.get(block);
    }

    /** Shapes of the blocks. */
    public List<ViewBlock> blocks() {
        return blocks;
    }

    /** Bytes of a block, from position 0 to its end, in a direct buffer. */
    public ByteBuffer data(int block) {
        return data.get(block).duplicate().clear();
    }

    /** Pictures per view. */
    public int size() {
        return size;
    }

    /** Epoch of this batch, from 0. */
    public long epoch() {
        return epoch;
    }

    /** Step inside the epoch, from 0. */
    public long stepInEpoch() {
        return stepInEpoch;
    }

    /** Manifest row of a picture of this batch. */
    public int image(int position) {
        return images[position];
    }

    /** Box a view was cut from. */
    public Crop crop(int view, int position) {
        return crops[view * size + position];
    }

    /** Pixel scale of a view: output pixels per source pixel (Tan et al. 2023, equation 1). */
    public double pixelScale(int view, int position) {
        for (ViewBlock block : blocks) {
            if (view < block.firstView() + block.views()) {
                return crop(view, position).pixelScale(block.side());
            }
        }
        throw new IllegalArgumentException("view " + view + ": below " + crops.length / size);
    }
}
