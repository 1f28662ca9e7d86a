package viewfit.core.recipe;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** How a recipe says which variant of a sealed type it means; without this annotation by the key {@code name}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface ChosenBy {
    /** For {@link #value}: by the one key of its own that is there, which is called like the variant. */
    String OWN_KEY = "";

    /** The key that has the word. */
    String value();
}
