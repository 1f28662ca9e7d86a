package viewfit.views;

import java.util.List;
import java.util.function.Consumer;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.BlurRecipe;
import viewfit.core.recipe.JitterRecipe;
import viewfit.core.recipe.NormalizeRecipe;
import viewfit.core.recipe.RangeRecipe;
import viewfit.core.recipe.ViewGroup;
import viewfit.core.recipe.ViewKind;
import viewfit.core.recipe.ViewRecipe;

/** View recipes and random pictures for tests. */
final class TestViews {
    static final RangeRecipe ASPECT = new RangeRecipe(3.0 / 4, 4.0 / 3);
    private static final NormalizeRecipe NORMALIZE =
            new NormalizeRecipe(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

    private TestViews() {}

    static ViewGroup group(ViewKind kind, int count, int size, double low, double high, double blur, double solarize) {
        return new ViewGroup(
                kind,
                count,
                size,
                new RangeRecipe(low, high),
                0.5,
                new JitterRecipe(0.8, 0.4, 0.4, 0.2, 0.1),
                0.2,
                new BlurRecipe(blur, new RangeRecipe(0.1, 2)),
                solarize);
    }

    /** The views of the paper's recipe for DINO ("ours") with two global views and six local ones. */
    static ViewRecipe ours(int globalSide, int localSide, double split) {
        return recipe(
                group(ViewKind.GLOBAL, 1, globalSide, split, 1, 1, 0),
                group(ViewKind.GLOBAL, 1, globalSide, split, 1, 0.1, 0.2),
                group(ViewKind.LOCAL, 6, localSide, 0.05, split, 0.5, 0));
    }

    static ViewRecipe recipe(ViewGroup... groups) {
        return new ViewRecipe(ASPECT, "bicubic", NORMALIZE, List.of(groups));
    }

    static Pixels noise(int width, int height, long seed) {
        Pixels pixels = new Pixels(width, height);
        RandomStream random = SeedTree.root(seed).at("noise").stream();
        for (int i = 0; i < pixels.byteCount(); i++) {
            pixels.data()[i] = (byte) random.nextInt(256);
        }
        return pixels;
    }

    /** Brightness, contrast, saturation in this order, no hue; factor 1 changes nothing. */
    static Jitter jitter(float brightness, float contrast, float saturation) {
        int order = Jitter.BRIGHTNESS | (Jitter.CONTRAST << 2) | (Jitter.SATURATION << 4) | (Jitter.HUE << 6);
        return new Jitter(order, brightness, contrast, saturation, 0, false);
    }

    /** What becomes of interleaved RGB. */
    static byte[] edit(byte[] rgb, int width, int height, Consumer<Canvas> operation) {
        Canvas canvas = new Canvas();
        canvas.load(rgb, width, height);
        operation.accept(canvas);
        return bytes(canvas);
    }

    static byte[] bytes(Canvas canvas) {
        byte[] rgb = new byte[3 * canvas.width() * canvas.height()];
        canvas.store(rgb);
        return rgb;
    }

    static byte[] resized(Pixels picture, Crop crop, int width, int height, Filter filter, boolean mirror) {
        Canvas canvas = new Canvas();
        new Resampler().resize(picture, crop, width, height, filter, mirror, canvas);
        return bytes(canvas);
    }
}
