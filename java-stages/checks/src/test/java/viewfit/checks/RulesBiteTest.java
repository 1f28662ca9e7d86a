package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import viewfit.core.broken.UsesEverything;
import viewfit.core.broken.UsesViews;
import viewfit.core.recipe.broken.RecipeWithState;
import viewfit.ssl.broken.UsesEngineOfDjl;
import viewfit.stages.brokena.First;
import viewfit.stages.brokenb.Second;
import viewfit.views.broken.UsesCore;

/** A rule that cannot fail holds nothing: each one finds what is wrong in classes written to break it. */
class RulesBiteTest {
    private final JavaClasses broken = new ClassFileImporter()
            .importClasses(
                    UsesViews.class,
                    UsesCore.class,
                    First.class,
                    Second.class,
                    UsesEngineOfDjl.class,
                    UsesEverything.class,
                    RecipeWithState.class);

    @TestFactory
    Stream<DynamicTest> everyRuleCanFail() {
        return HouseRules.all().entrySet().stream()
                .map(rule -> DynamicTest.dynamicTest(
                        rule.getKey(),
                        () -> assertTrue(
                                rule.getValue().evaluate(broken).hasViolation(),
                                "finds nothing wrong in broken classes")));
    }

    @TestFactory
    Stream<DynamicTest> andHoldsForInnocentClasses() {
        JavaClasses innocent = new ClassFileImporter().importPackages("viewfit.core.contract");
        return HouseRules.all().entrySet().stream()
                .map(rule -> DynamicTest.dynamicTest(
                        rule.getKey(),
                        () -> assertEquals(
                                java.util.List.of(),
                                rule.getValue()
                                        .evaluate(innocent)
                                        .getFailureReport()
                                        .getDetails())));
    }
}
