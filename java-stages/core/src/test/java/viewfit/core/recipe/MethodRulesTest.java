package viewfit.core.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.contract.StageFailure;

/** What methods ask of the rest of their recipe, and the weight of the global pairs. */
class MethodRulesTest {
    private static final Path RECIPES = Path.of(System.getProperty("viewfit.root"), "params", "recipes");
    private static final String GOOD = Recipes.text(RECIPES.resolve("test-ours.yml"));
    private static final String SWAV =
            "method: {name: swav, alpha: 0.4, head: {layers: 2, hidden: 8, out-dim: 4, prototypes: 6, batch-norm: true},"
                    + " temperature: 0.1, epsilon: 0.05, sinkhorn-iterations: 3, queue-length: 40, queue-start-epoch: 0,"
                    + " freeze-prototypes-epochs: 0, assign-views: [0, 1]}";
    private static final String MOCO =
            "method: {name: moco, alpha: unweighted, head: {layers: 2, hidden: 8, out-dim: 4, batch-norm: false, init:"
                    + " normal}, temperature: 0.2, queue-length: 64, key-momentum: 0.999, batch-norm-groups: 1}";
    private static final String SUPERVISED = "method: {name: supervised, label-smoothing: 0.0}";

    /** The recipe of the tests with another method: everything from {@code method:} to {@code views:} is replaced. */
    private static PretrainRecipe with(String method) {
        String text = GOOD.replaceFirst("(?s)\nmethod:.*?\nviews:", "\n" + method + "\nviews:");
        return Recipes.parse(text, "r.yml", PretrainRecipe.class);
    }

    @Test
    void everyMethodReadsAndWritesBack() {
        for (String method : new String[] {SWAV, MOCO}) {
            PretrainRecipe recipe = with(method);
            assertEquals(recipe, Recipes.parse(Recipes.toYaml(recipe), "written", PretrainRecipe.class));
        }
        assertTrue(Recipes.toYaml(with(MOCO)).contains("alpha: unweighted"));
        assertEquals(Alpha.equalPairs(), ((MocoRecipe) with(MOCO).method()).alpha());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "assign-views: [0, 1] | assign-views: [0, 2] | method.assign-views: found [0, 2]: must be numbers of global views, 0 .. 1",
                "assign-views: [0, 1] | assign-views: [1, 1] | method.assign-views: found [1, 1]: must name each view once",
                "assign-views: [0, 1] | assign-views: [] | method.assign-views: found 0 elements",
                "epsilon: 0.05 | epsilon: 0.0 | method.epsilon: found 0.0: must be > 0",
                "queue-length: 64 | queue-length: 65 | method.queue-length: found 65: must be a multiple of batch-size",
                "batch-norm-groups: 1 | batch-norm-groups: 3 | method.batch-norm-groups: found 3: must divide batch-size",
                "init: normal | init: zeros | method.head.init: found 'zeros': must be one of normal, uniform",
            })
    void refuses(String old, String changed, String message) {
        String method = SWAV.contains(old) ? SWAV : MOCO;
        StageFailure e = assertThrows(StageFailure.class, () -> with(method.replace(old, changed)));
        assertTrue(String.valueOf(e.getMessage()).contains(message), e.getMessage());
    }

    @Test
    void viewsMustFitTheMethod() {
        StageFailure e = assertThrows(StageFailure.class, () -> with(SUPERVISED));
        assertTrue(String.valueOf(e.getMessage()).contains("views.groups: found"), e.getMessage());
        assertTrue(e.getMessage().contains("supervised has global views only"), e.getMessage());
    }

    @Test
    void aTransformerNeedsAPatch() {
        String text = GOOD.replaceFirst(
                        "backbone: .*", "backbone: {name: vit_tiny, zero-init-residual: false, drop-path: 0.1}")
                .replaceFirst("size: 24", "size: 15");
        StageFailure e = assertThrows(StageFailure.class, () -> Recipes.parse(text, "r.yml", PretrainRecipe.class));
        assertTrue(e.getMessage().contains("].size: found 15: must be >= 16, one patch"), e.getMessage());
    }

    /** Section A.5: 2+6, 2+8, 2+10 and 2+4 views; the official files round the first and the third. */
    @ParameterizedTest
    @CsvSource({"2, 6, 0.142857", "2, 8, 0.111111", "2, 10, 0.090909", "2, 4, 0.2", "2, 0, 1", "3, 6, 0.25"})
    void unweightedIsTheShareOfGlobalPairs(int globals, int locals, double expected) {
        assertEquals(expected, Alpha.equalPairs().weight(globals, locals), 1e-6);
        assertEquals(0.4, Alpha.of(0.4).weight(globals, locals));
    }
}
