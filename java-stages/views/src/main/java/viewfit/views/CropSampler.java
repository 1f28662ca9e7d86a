package viewfit.views;

import viewfit.core.random.RandomStream;

/**
 * Random resized crop with the semantics of torchvision (recipes, section A.1.1): up to ten proposals of an area and an
 * aspect ratio, the first that fits wins, else the largest centred box with the aspect ratio clamped to the range. The
 * rejection is part of the statistics: on pictures that are not square, large boxes are rejected more often.
 */
public final class CropSampler {
    private static final int TRIES = 10;

    private final double scaleLow;
    private final double scaleHigh;
    private final double aspectLow;
    private final double aspectHigh;
    private final double logAspectLow;
    private final double logAspectHigh;

    /**
     * A sampler for one kind of view.
     *
     * @param scaleLow smallest area as a fraction of the picture
     * @param scaleHigh largest area as a fraction of the picture, at most 1
     * @param aspectLow smallest width over height, above 0
     * @param aspectHigh largest width over height
     */
    public CropSampler(double scaleLow, double scaleHigh, double aspectLow, double aspectHigh) {
        if (!(scaleLow > 0 && scaleLow <= scaleHigh && scaleHigh <= 1 && aspectLow > 0 && aspectLow <= aspectHigh)) {
            throw new IllegalArgumentException("crop range: scale " + scaleLow + ".." + scaleHigh + ", aspect "
                    + aspectLow + ".." + aspectHigh + ": 0 < low <= high, scale at most 1");
        }
        this.scaleLow = scaleLow;
        this.scaleHigh = scaleHigh;
        this.aspectLow = aspectLow;
        this.aspectHigh = aspectHigh;
        // StrictMath: the same boxes on every platform.
        this.logAspectLow = StrictMath.log(aspectLow);
        this.logAspectHigh = StrictMath.log(aspectHigh);
    }

    /**
     * Draws a box.
     *
     * @param width width of the picture in pixels
     * @param height height of the picture in pixels
     */
    public Crop sample(RandomStream random, int width, int height) {
        double whole = (double) width * height;
        for (int i = 0; i < TRIES; i++) {
            double area = whole * random.uniform(scaleLow, scaleHigh);
            double ratio = StrictMath.exp(random.uniform(logAspectLow, logAspectHigh));
            int w = (int) Math.rint(Math.sqrt(area * ratio));
            int h = (int) Math.rint(Math.sqrt(area / ratio));
            if (w > 0 && w <= width && h > 0 && h <= height) {
                int y = random.nextInt(height - h + 1);
                int x = random.nextInt(width - w + 1);
                return new Crop(x, y, w, h);
            }
        }
        return largest(width, height);
    }

    /** The largest centred box whose aspect ratio lies in the range; never empty, however thin the picture. */
    private Crop largest(int width, int height) {
        double ratio = (double) width / height;
        int w = width;
        int h = height;
        if (ratio < aspectLow) {
            h = (int) Math.max(1, Math.rint(width / aspectLow));
        } else if (ratio > aspectHigh) {
            w = (int) Math.max(1, Math.rint(height * aspectHigh));
        }
        return new Crop((width - w) / 2, (height - h) / 2, w, h);
    }
}
