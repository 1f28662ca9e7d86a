package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The house as it is built keeps its rules. */
class ArchitectureTest {
    private static final int RULES = 20;
    private static final int MOST_LINES = 400;

    private final JavaClasses house = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(place -> !place.contains("/goldens"))
            .importPackages("viewfit");

    @TestFactory
    Stream<DynamicTest> rules() {
        return HouseRules.all().entrySet().stream()
                .map(rule -> DynamicTest.dynamicTest(
                        rule.getKey(), () -> rule.getValue().check(house)));
    }

    @Test
    void noRuleWasLost() {
        assertEquals(RULES, HouseRules.all().size());
        assertTrue(house.size() > 50, "only " + house.size() + " classes were found to check");
        for (String module :
                List.of("core", "views", "graph", "engine", "zoo", "ssl", "eval", "coco", "report", "cli", "stages")) {
            assertTrue(
                    house.stream().anyMatch(type -> type.getPackageName().startsWith("viewfit." + module)),
                    "no class of " + module + " was found to check");
        }
    }

    @Test
    void filesAreShort() throws IOException {
        List<String> problems = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Repository.ROOT.resolve("java-stages"))) {
            for (Path file : files.filter(
                            f -> f.toString().endsWith(".java") && !f.toString().contains("/target/"))
                    .toList()) {
                int lines = Files.readAllLines(file).size();
                if (lines >= MOST_LINES) {
                    problems.add(Repository.ROOT.relativize(file) + ": " + lines + " lines: fewer than " + MOST_LINES);
                }
            }
        }
        assertEquals(List.of(), problems);
    }
}
