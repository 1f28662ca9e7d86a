package viewfit.views;

import viewfit.core.random.RandomStream;
import viewfit.core.recipe.JitterRecipe;

/**
 * The colour jitter drawn for one view. A strength of 0 in the recipe leaves its operation out, which matters for the hue:
 * even a turn by 0 rounds the colours.
 *
 * @param order the four operations in the order they run: a permutation of 0 brightness, 1 contrast, 2 saturation, 3 hue, the
 *     first in the lowest two bits
 * @param brightness factor, 1 changes nothing
 * @param contrast factor
 * @param saturation factor
 * @param hue part of a full turn
 * @param withHue whether the hue is turned at all
 */
record Jitter(int order, float brightness, float contrast, float saturation, float hue, boolean withHue) {
    static final int OPERATIONS = 4;
    static final int BRIGHTNESS = 0;
    static final int CONTRAST = 1;
    static final int SATURATION = 2;
    static final int HUE = 3;

    static Jitter draw(JitterRecipe recipe, RandomStream random) {
        return new Jitter(
                order(random),
                factor(recipe.brightness(), random),
                factor(recipe.contrast(), random),
                factor(recipe.saturation(), random),
                (float) random.uniform(-recipe.hue(), recipe.hue()),
                recipe.hue() > 0);
    }

    /** The operation that runs at this place, 0 to 3. */
    int operation(int place) {
        return (order >> (2 * place)) & 3;
    }

    /** The place, 0 to 3, at which this operation runs. */
    int place(int operation) {
        int place = 0;
        while (operation(place) != operation) {
            place++;
        }
        return place;
    }

    private static float factor(double strength, RandomStream random) {
        return (float) random.uniform(Math.max(0, 1 - strength), 1 + strength);
    }

    /** A uniform permutation (Fisher and Yates on two-bit fields). */
    private static int order(RandomStream random) {
        int order = BRIGHTNESS | (CONTRAST << 2) | (SATURATION << 4) | (HUE << 6);
        for (int i = OPERATIONS - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int difference = ((order >> (2 * i)) ^ (order >> (2 * j))) & 3;
            order ^= (difference << (2 * i)) | (i == j ? 0 : difference << (2 * j));
        }
        return order;
    }
}
