package viewfit.views;

/** Sizes and offsets of the evaluation transform, with the roundings of torchvision: resize the short side, cut the centre. */
final class EvalGeometry {
    private EvalGeometry() {}

    /** The long side after the short side became {@code shortTarget}; fractions are dropped. */
    static int longSide(int longSide, int shortSide, int shortTarget) {
        return (int) ((long) shortTarget * longSide / shortSide);
    }

    /** Width after resizing the short side to {@code shortTarget}. */
    static int resizedWidth(int width, int height, int shortTarget) {
        return width <= height ? shortTarget : longSide(width, height, shortTarget);
    }

    /** Height after resizing the short side to {@code shortTarget}. */
    static int resizedHeight(int width, int height, int shortTarget) {
        return height <= width ? shortTarget : longSide(height, width, shortTarget);
    }

    /** First row or column of a centred crop; halves go to the even neighbour. */
    static int centreOffset(int size, int crop) {
        return (int) Math.rint((size - crop) / 2.0);
    }
}
