package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import viewfit.core.grid.AutoSizes;
import viewfit.core.recipe.BackboneRecipe;
import viewfit.core.recipe.FinetuneRecipe;
import viewfit.core.recipe.GridRecipe;
import viewfit.core.recipe.OneOf;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.ProbeRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.zoo.Backbones;

/** Every recipe that comes along is read by the strict reader, and every file a grid or a profile names is there. */
class RecipeFilesTest {
    private static final Map<String, Class<? extends Record>> KINDS = Map.of(
            "pretrain/1",
            PretrainRecipe.class,
            "probe/1",
            ProbeRecipe.class,
            "finetune/1",
            FinetuneRecipe.class,
            GridRecipe.SCHEMA,
            GridRecipe.class);
    private static final Pattern SCHEMA = Pattern.compile("(?m)^schema: *[\"']?([a-z]+/\\d+)");
    private static final Pattern NAMED = Pattern.compile("\\$\\{projectDir\\}/(params/[\\w./-]+\\.yml)");

    static Stream<Path> recipes() {
        return Stream.concat(Repository.files("params/recipes", ".yml").stream(), grids());
    }

    static Stream<Path> grids() {
        return Stream.of("params/grids", "params/grids/papers")
                .flatMap(folder -> Repository.files(folder, ".yml").stream());
    }

    /** Core cannot see the zoo, so its list of names is a copy. */
    @Test
    void recipesAllowTheNetworksOfTheZoo() {
        OneOf names = BackboneRecipe.class.getRecordComponents()[0].getAnnotation(OneOf.class);
        assertEquals(Backbones.names(), List.of(names.value()));
    }

    @Test
    void thereAreSome() {
        assertFalse(recipes().toList().isEmpty());
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void isReadStrictly(Path file) {
        String text = Recipes.text(file);
        Matcher schema = SCHEMA.matcher(text);
        assertTrue(schema.find(), file + " names no schema");
        Class<? extends Record> kind = KINDS.get(schema.group(1));
        assertTrue(kind != null, file + ": unknown schema " + schema.group(1));
        if (kind == PretrainRecipe.class) {
            // Some are for grids and leave a size to the data set.
            AutoSizes.check(Recipes.tree(text, file.toString()), file.toString());
        } else {
            Recipes.read(file, kind);
        }
        assertTrue(text.startsWith("#"), file + " does not open with what it is and where its values come from");
    }

    @ParameterizedTest
    @MethodSource("grids")
    void gridNamesRecipesThatAreThere(Path file) {
        for (String name : Recipes.read(file, GridRecipe.class).recipes()) {
            Path recipe = Repository.ROOT.resolve("params/recipes").resolve(name);
            assertTrue(Files.isRegularFile(recipe), file.getFileName() + " names " + name + ", which is not there");
        }
    }

    @Test
    void profilesNameFilesThatAreThere() {
        Stream.concat(
                        Stream.of(Repository.ROOT.resolve("nextflow.config")),
                        Repository.files("conf", ".config").stream())
                .forEach(config -> {
                    Matcher named = NAMED.matcher(Recipes.text(config));
                    while (named.find()) {
                        assertEquals(
                                true,
                                Files.isRegularFile(Repository.ROOT.resolve(named.group(1))),
                                config.getFileName() + " names " + named.group(1) + ", which is not there");
                    }
                });
    }
}
