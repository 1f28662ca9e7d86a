package viewfit.core.recipe;

import java.util.Locale;

/** Spelling of recipe keys. */
final class Keys {
    private Keys() {}

    /**
     * {@code lrReferenceBatch} to {@code lr-reference-batch}, {@code trustOn1d} to {@code trust-on-1d}; a component whose key is
     * a word of Java ends in an underscore.
     */
    static String kebab(String component) {
        return component
                .replaceAll("_$", "")
                .replaceAll("([A-Z])", "-$1")
                .replaceAll("([a-z])([0-9]+[a-z])", "$1-$2")
                .toLowerCase(Locale.ROOT);
    }

    /** An enum constant as it is written in a recipe. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
