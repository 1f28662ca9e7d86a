package viewfit.views;

import org.jspecify.annotations.Nullable;

/**
 * Everything random about one view, drawn before any pixel is touched; applied in the order of the components.
 *
 * @param crop box in the source picture
 * @param filter kernel of the resampling
 * @param flip whether the view is mirrored
 * @param jitter colour jitter, or null for none
 * @param grayscale whether colours are dropped
 * @param blur standard deviation in pixels of the view, 0 for none
 * @param solarize whether levels from 128 up are inverted
 */
record ViewDraw(
        Crop crop,
        Filter filter,
        boolean flip,
        @Nullable Jitter jitter,
        boolean grayscale,
        float blur,
        boolean solarize) {
    /** A view that is only cut out, bicubic, and perhaps mirrored. */
    static ViewDraw plain(Crop crop, boolean flip) {
        return new ViewDraw(crop, Filter.BICUBIC, flip, null, false, 0, false);
    }
}
