package viewfit.core.data;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.RandomAccess;

/** Sides of many pictures, kept as two numbers each. Grows; of one thread. */
final class ImageSizes extends AbstractList<ImageSize> implements RandomAccess {
    private int[] sides = new int[64];
    private int size;

    @Override
    public boolean add(ImageSize picture) {
        if (2 * size == sides.length) {
            sides = Arrays.copyOf(sides, 2 * sides.length);
        }
        sides[2 * size] = picture.width();
        sides[2 * size + 1] = picture.height();
        size++;
        return true;
    }

    @Override
    public ImageSize get(int index) {
        java.util.Objects.checkIndex(index, size);
        return new ImageSize(sides[2 * index], sides[2 * index + 1]);
    }

    @Override
    public int size() {
        return size;
    }
}
