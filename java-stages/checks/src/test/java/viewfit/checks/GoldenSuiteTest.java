package viewfit.checks;

import java.util.List;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import viewfit.goldens.Goldens;

/**
 * Every case of the golden set in {@code -Dgolden.dir=FOLDER}, see {@link Goldens#given}. A case of a type that nobody checks
 * fails, and so does one whose check leaves out an expected array.
 */
class GoldenSuiteTest {
    @TestFactory
    List<DynamicNode> everyCase() {
        Goldens set = Goldens.given();
        System.out.println("Golden set: " + set.folder() + ", " + set.cases().size() + " cases");
        return GoldenSuite.of(set, GoldenSuite.checks());
    }
}
