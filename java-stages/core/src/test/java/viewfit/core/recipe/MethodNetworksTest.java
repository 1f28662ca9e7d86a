package viewfit.core.recipe;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/** Which networks an evaluation may ask a checkpoint for. */
class MethodNetworksTest {
    private static final Path RECIPES = Path.of(System.getProperty("viewfit.root"), "params", "recipes");

    @ParameterizedTest
    @CsvSource({"test-ours, true", "test-vit, true", "test-moco, true", "test-swav, false", "test-supervised, false"})
    void aTeacherIsThereOrRefusedInOneLine(String name, boolean teacher) {
        MethodRecipe method = Recipes.read(RECIPES.resolve(name + ".yml"), PretrainRecipe.class)
                .method();
        assertDoesNotThrow(() -> method.requireNetwork("network", "student"));
        if (teacher) {
            assertDoesNotThrow(() -> method.requireNetwork("network", "teacher"));
            return;
        }
        StageFailure failure = assertThrows(StageFailure.class, () -> method.requireNetwork("network", "teacher"));
        assertEquals(ExitCode.BAD_RECIPE, failure.exitCode());
        assertEquals(
                "network: found teacher: must be student, a checkpoint of method " + method.name()
                        + " has no other network",
                failure.getMessage());
    }
}
