package viewfit.views;

/**
 * One row of views.csv (schema views/1): a view that was sampled and the box it was cut from.
 *
 * @param image manifest path of the picture
 * @param view number of the view, from 0, global views first
 * @param kind {@code global} or {@code local}
 * @param x left edge of the box in source pixels
 * @param y top edge of the box in source pixels
 * @param w width of the box in source pixels
 * @param h height of the box in source pixels
 * @param size side length of the view in pixels
 * @param pixelScale output pixels per source pixel, size * size / (w * h)
 */
public record SampledView(
        String image, int view, String kind, int x, int y, int w, int h, int size, double pixelScale) {}
