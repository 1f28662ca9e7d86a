package viewfit.core.recipe;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A component that a recipe of a grid may leave open by a word. Whoever reads recipes to run them refuses the word and says
 * who puts a value in its place.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Deferred {
    /** The word. */
    String word();

    /** Who puts a value in its place. */
    String to();
}
