package viewfit.views;

import java.nio.ByteBuffer;

/**
 * Turns a picture and a draw into the bytes of a view: crop and resize, flip, colour jitter, grey, blur, solarise. Owns every
 * buffer that takes; one object per thread.
 */
final class ViewPainter {
    private final Resampler resampler = new Resampler();
    private final Photometrics photometrics = new Photometrics();
    private final HueShift hue = new HueShift();
    private final BoxBlur blur = new BoxBlur();
    private byte[] view = new byte[0];

    /**
     * Paints a square view.
     *
     * @param side side length of the view in pixels
     * @param out receives side x side x 3 bytes, interleaved RGB
     * @param at position in {@code out}, in bytes
     */
    void paint(Pixels picture, ViewDraw draw, int side, ByteBuffer out, int at) {
        int pixels = side * side;
        makeRoom(pixels);
        resampler.resize(picture, draw.crop(), side, side, draw.filter(), draw.flip(), view);
        Jitter jitter = draw.jitter();
        if (jitter != null) {
            apply(jitter, pixels);
        }
        if (draw.grayscale()) {
            Photometrics.grayscale(view, pixels);
        }
        if (draw.blur() > 0) {
            blur.blur(view, side, side, draw.blur());
        }
        if (draw.solarize()) {
            Photometrics.solarize(view, pixels);
        }
        out.put(at, view, 0, 3 * pixels);
    }

    /**
     * Paints the evaluation view: the short side resized, the centre cut out. Only the centre is computed.
     *
     * @param resize short side in pixels after resizing
     * @param crop side of the centre in pixels, at most {@code resize}
     * @param out receives crop x crop x 3 bytes, interleaved RGB
     * @param at position in {@code out}, in bytes
     */
    void paintCentre(Pixels picture, int resize, int crop, ByteBuffer out, int at) {
        int width = EvalGeometry.resizedWidth(picture.width(), picture.height(), resize);
        int height = EvalGeometry.resizedHeight(picture.width(), picture.height(), resize);
        Crop window =
                new Crop(EvalGeometry.centreOffset(width, crop), EvalGeometry.centreOffset(height, crop), crop, crop);
        makeRoom(crop * crop);
        Crop whole = Crop.whole(picture.width(), picture.height());
        resampler.resizePart(picture, whole, width, height, window, Filter.BICUBIC, false, view);
        out.put(at, view, 0, 3 * crop * crop);
    }

    private void makeRoom(int pixels) {
        if (view.length < 3 * pixels) {
            view = new byte[3 * pixels];
        }
    }

    private void apply(Jitter jitter, int pixels) {
        for (int place = 0; place < Jitter.OPERATIONS; place++) {
            switch (jitter.operation(place)) {
                case Jitter.BRIGHTNESS -> photometrics.brightness(view, pixels, jitter.brightness());
                case Jitter.CONTRAST -> photometrics.contrast(view, pixels, jitter.contrast());
                case Jitter.SATURATION -> photometrics.saturation(view, pixels, jitter.saturation());
                default -> {
                    if (jitter.withHue()) {
                        hue.shift(view, pixels, jitter.hue());
                    }
                }
            }
        }
    }
}
