package viewfit.views;

import java.nio.ByteBuffer;

/**
 * Turns a picture and a draw into the bytes of a view: crop and resize, flip, colour jitter, grey, blur, solarise. Owns every
 * buffer that takes; one object per thread.
 */
final class ViewPainter {
    private final Resampler resampler = new Resampler();
    private final Photometrics photometrics = new Photometrics();
    private final BoxBlur blur = new BoxBlur();
    private final Canvas canvas = new Canvas();
    private byte[] view = new byte[0];

    /**
     * Paints a square view.
     *
     * @param side side length of the view in pixels
     * @param out receives side x side x 3 bytes, interleaved RGB
     * @param at position in {@code out}, in bytes
     */
    void paint(Pixels picture, ViewDraw draw, int side, ByteBuffer out, int at) {
        resampler.resize(picture, draw.crop(), side, side, draw.filter(), draw.flip(), canvas);
        photometrics.apply(canvas, draw.jitter(), draw.grayscale());
        if (draw.blur() > 0) {
            blur.blur(canvas, draw.blur());
        }
        if (draw.solarize()) {
            Photometrics.solarize(canvas);
        }
        put(out, at);
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
        Crop whole = Crop.whole(picture.width(), picture.height());
        resampler.resizePart(picture, whole, width, height, window, Filter.BICUBIC, false, canvas);
        put(out, at);
    }

    private void put(ByteBuffer out, int at) {
        int bytes = Canvas.CHANNELS * canvas.width() * canvas.height();
        if (view.length < bytes) {
            view = new byte[bytes];
        }
        canvas.store(view);
        out.put(at, view, 0, bytes);
    }
}
