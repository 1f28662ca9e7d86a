package viewfit.views;

import org.jspecify.annotations.Nullable;

/**
 * Colour jitter, grey and solarisation of a view, in place, with the rounding of Pillow's ImageEnhance and ImageOps (goldens,
 * section 8). Operations that follow each other run on a few lines at a time while these are in the first-level cache; only the
 * contrast has to see the whole view before it changes a sample. One object per thread; nothing is allocated once it has seen the
 * size.
 */
final class Photometrics {
    private final Blend brightness = new Blend();
    private final Blend contrast = new Blend();
    private final Blend saturation = new Blend();
    private final HueShift hue = new HueShift();
    private int[] grey = new int[0];

    /**
     * Applies the jitter, then drops the colours.
     *
     * @param jitter what was drawn, or null for none
     * @param grayscale whether the result is grey
     */
    void apply(Canvas view, @Nullable Jitter jitter, boolean grayscale) {
        int step = view.linesAtOnce();
        if (grey.length < step * view.width()) {
            grey = new int[step * view.width()];
        }
        int contrastPlace = 0;
        if (jitter != null) {
            brightness.towards(0, jitter.brightness());
            saturation.towardsGrey(jitter.saturation());
            hue.prepare(jitter.hue());
            contrastPlace = jitter.place(Jitter.CONTRAST);
            contrast.towards(before(view, jitter, contrastPlace), jitter.contrast());
        }
        if (jitter != null || grayscale) {
            after(view, jitter, contrastPlace, grayscale);
        }
    }

    /** The operations before the contrast; returns the mean of the grey view, rounded half up, that they give. */
    private int before(Canvas view, Jitter jitter, int contrastPlace) {
        int step = view.linesAtOnce();
        long sum = 0;
        for (int y = 0; y < view.height(); y += step) {
            int count = Math.min(step, view.height() - y);
            int n = count * view.width();
            view.split(y, count);
            for (int place = 0; place < contrastPlace; place++) {
                operate(view, jitter, jitter.operation(place), n);
            }
            if (contrastPlace > 0) {
                view.join(y, count);
            }
            sum += lumaSum(view.red(), view.green(), view.blue(), n);
        }
        return (int) ((double) sum / ((long) view.width() * view.height()) + 0.5);
    }

    private void after(Canvas view, @Nullable Jitter jitter, int contrastPlace, boolean grayscale) {
        int step = view.linesAtOnce();
        for (int y = 0; y < view.height(); y += step) {
            int count = Math.min(step, view.height() - y);
            int n = count * view.width();
            view.split(y, count);
            if (jitter != null) {
                for (int place = contrastPlace; place < Jitter.OPERATIONS; place++) {
                    operate(view, jitter, jitter.operation(place), n);
                }
            }
            if (grayscale) {
                luma(view.red(), view.green(), view.blue(), view.red(), n);
                System.arraycopy(view.red(), 0, view.green(), 0, n);
                System.arraycopy(view.red(), 0, view.blue(), 0, n);
            }
            view.join(y, count);
        }
    }

    private void operate(Canvas view, Jitter jitter, int operation, int n) {
        int[] r = view.red();
        int[] g = view.green();
        int[] b = view.blue();
        switch (operation) {
            case Jitter.BRIGHTNESS, Jitter.CONTRAST -> {
                Blend blend = operation == Jitter.BRIGHTNESS ? brightness : contrast;
                blend.levels(r, n);
                blend.levels(g, n);
                blend.levels(b, n);
            }
            case Jitter.SATURATION -> {
                luma(r, g, b, grey, n);
                saturation.greys(grey, r, n);
                saturation.greys(grey, g, n);
                saturation.greys(grey, b, n);
            }
            default -> {
                if (jitter.withHue()) {
                    hue.shift(r, g, b, n);
                }
            }
        }
    }

    /** Luma of Pillow's RGB to L conversion, 0 to 255. */
    private static void luma(int[] r, int[] g, int[] b, int[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = (19595 * r[i] + 38470 * g[i] + 7471 * b[i] + 32768) >> 16;
        }
    }

    private static int lumaSum(int[] r, int[] g, int[] b, int n) {
        int sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (19595 * r[i] + 38470 * g[i] + 7471 * b[i] + 32768) >> 16;
        }
        return sum;
    }

    /** Solarisation with threshold 128: levels from 128 up are inverted. */
    static void solarize(Canvas view) {
        int n = Canvas.CHANNELS * view.width();
        for (int y = 0; y < view.height(); y++) {
            invertBright(view.line(y), n);
        }
    }

    private static void invertBright(int[] samples, int n) {
        for (int i = 0; i < n; i++) {
            int v = samples[i];
            samples[i] = v ^ (((127 - v) >> 31) & 255);
        }
    }
}
