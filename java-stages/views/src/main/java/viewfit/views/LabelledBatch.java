package viewfit.views;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.ManifestRow;

/**
 * Pictures with their labels: one view each, {@code [size, side, side, 3]} unsigned bytes. Contents stay valid until the
 * loader's following {@code next()}.
 */
public final class LabelledBatch {
    private final ByteBuffer data;
    private final int side;
    private final int[] images;
    private final int[] labels;
    private final @Nullable StageFailure[] damage;
    private int size;
    private long epoch;
    private long stepInEpoch;

    LabelledBatch(int side, int capacity) {
        this.side = side;
        this.data = ByteBuffer.allocateDirect(Math.multiplyExact(3 * side * side, capacity));
        this.images = new int[capacity];
        this.labels = new int[capacity];
        this.damage = new StageFailure[capacity];
    }

    void begin(long newEpoch, long newStepInEpoch, int newSize) {
        epoch = newEpoch;
        stepInEpoch = newStepInEpoch;
        size = newSize;
    }

    void set(int position, int image, ManifestRow row) {
        images[position] = image;
        labels[position] = row.label();
        damage[position] = null;
    }

    /** Black in the place of a damaged picture. */
    void setDamaged(int position, int image, ManifestRow row, StageFailure failure) {
        set(position, image, row);
        damage[position] = failure;
        data.put(3 * side * side * position, new byte[3 * side * side]);
    }

    /** What is wrong with a picture, or null; only loaders that leave out damaged pictures have any. */
    public @Nullable StageFailure damage(int position) {
        return damage[position];
    }

    ByteBuffer target() {
        return data;
    }

    /** The bytes of this batch, from position 0 to the end of its last picture, in a direct buffer. */
    public ByteBuffer data() {
        return data.duplicate().clear().limit(3 * side * side * size);
    }

    /** Side length of the views in pixels. */
    public int side() {
        return side;
    }

    /** Pictures in this batch; the last batch of an epoch may be shorter than the others. */
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

    /** Class of a picture of this batch, -1 if it has none. */
    public int label(int position) {
        return labels[position];
    }

    /** Classes of all pictures of this batch, a copy of length {@link #size()}. */
    public int[] labels() {
        return Arrays.copyOf(labels, size);
    }
}
