package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Grids and recipes that come along, from a folder that has none. */
class ProjectFilesIT {
    @TempDir
    Path folder;

    /** Files in params/ name one another from the project's folder; what lies where one stands comes first. */
    @Test
    void gridsAndRecipesOfTheProjectAreFoundFromAnotherFolder() throws IOException {
        String name = "params/grids/test.yml";
        String placed =
                "Launch.files(Path.of(args[0]), [grid: '" + name + "', finetune_1pct: false]).values().join(' ')";
        assertEquals(
                List.of(Repository.ROOT.resolve(name) + " null null false null"),
                new Workflow(folder).groovy(placed, Repository.ROOT));
        String problems = "[[grid: '" + name + "'], [recipes: 'params/recipes'], [probe_recipe: 'params/no.yml'],"
                + " [labels_1pct: 'main.nf']].collect { Launch.problem(Path.of(args[0]), it + [input: '.']) }.join('\\n')";
        assertEquals(
                List.of(
                        "null",
                        "null",
                        "--probe_recipe: params/no.yml: no such file",
                        "--labels_1pct: main.nf: no such file"),
                new Workflow(folder).groovy(problems, Repository.ROOT));
        Path own = folder.resolve(name);
        Files.createDirectories(own.getParent());
        Files.writeString(own, "mine");
        assertEquals(List.of(name + " null null false null"), new Workflow(folder).groovy(placed, Repository.ROOT));
    }

    @Test
    void aFileOfThePaperWorksFromAnotherFolder() {
        Path file = Repository.ROOT.resolve("params/papers/table7-small.yml");
        var result = new Workflow(folder).run("-params-file", file.toString(), "--plan", "--plan_images", "9000");
        assertEquals(0, result.exit(), result.output());
        assertTrue(result.output().contains("4 cells of "), result.output());
    }
}
