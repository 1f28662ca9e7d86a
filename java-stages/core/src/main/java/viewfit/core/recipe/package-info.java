/** Recipes: complete records, read strictly from YAML. No defaults and no inheritance. */
@NullMarked
package viewfit.core.recipe;

import org.jspecify.annotations.NullMarked;
