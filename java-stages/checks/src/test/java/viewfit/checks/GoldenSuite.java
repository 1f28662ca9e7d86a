package viewfit.checks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import viewfit.core.recipe.RecipeGoldens;
import viewfit.core.schedule.ScheduleGoldens;
import viewfit.engine.BackboneGoldens;
import viewfit.engine.HeadGoldens;
import viewfit.engine.OptimizerGoldens;
import viewfit.engine.PositionGoldens;
import viewfit.eval.FinetuneGoldens;
import viewfit.eval.MetricGoldens;
import viewfit.eval.ProbeGoldens;
import viewfit.formats.Detectron2Goldens;
import viewfit.goldens.FillGoldens;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.Goldens;
import viewfit.ssl.GroupGoldens;
import viewfit.ssl.LossGoldens;
import viewfit.ssl.TrajectoryGoldens;
import viewfit.views.CropGoldens;
import viewfit.views.ViewGoldens;

/** Makes a test of every case that the manifest of a golden set lists, whatever its names and values. */
final class GoldenSuite {
    /** A new theme is one more line here. */
    static final List<GoldenTheme> THEMES = List.of(
            new FillGoldens(),
            new BackboneGoldens(),
            new PositionGoldens(),
            new HeadGoldens(),
            new LossGoldens(),
            new GroupGoldens(),
            new TrajectoryGoldens(),
            new RecipeGoldens(),
            new ScheduleGoldens(),
            new OptimizerGoldens(),
            new ViewGoldens(),
            new CropGoldens(),
            new ProbeGoldens(),
            new FinetuneGoldens(),
            new MetricGoldens(),
            new Detectron2Goldens());

    private GoldenSuite() {}

    /** Check by case type. */
    static Map<String, GoldenCheck> checks() {
        Map<String, GoldenCheck> all = new TreeMap<>();
        for (GoldenTheme theme : THEMES) {
            theme.checks().forEach((type, check) -> {
                if (all.put(type, check) != null) {
                    throw new IllegalStateException("two checks of type " + type);
                }
            });
        }
        return all;
    }

    /** The set itself, then its cases by section and type, each under its id. */
    static List<DynamicNode> of(Goldens set, Map<String, GoldenCheck> checks) {
        Map<Integer, Map<String, List<DynamicNode>>> sections = new TreeMap<>();
        for (GoldenCase golden : set.cases()) {
            sections.computeIfAbsent(golden.section(), s -> new LinkedHashMap<>())
                    .computeIfAbsent(golden.type(), t -> new ArrayList<>())
                    .add(DynamicTest.dynamicTest(golden.id(), () -> run(golden, checks.get(golden.type()))));
        }
        List<DynamicNode> nodes = new ArrayList<>();
        nodes.add(DynamicContainer.dynamicContainer("the set", GoldenSetTests.of(set)));
        sections.forEach((section, types) -> {
            List<DynamicNode> containers = new ArrayList<>();
            types.forEach((type, tests) -> containers.add(DynamicContainer.dynamicContainer(type, tests)));
            nodes.add(DynamicContainer.dynamicContainer("section " + section, containers));
        });
        return nodes;
    }

    private static void run(GoldenCase golden, GoldenCheck check) {
        if (check == null) {
            throw new AssertionError(golden.id() + ": no check of type " + golden.type());
        }
        try {
            check.check(golden);
        } catch (Exception | AssertionError e) {
            // Everything fails, also what JUnit would count as skipped; reports of dynamic tests need the id in the
            // message.
            throw new AssertionError(golden.id() + ": " + e.getMessage(), e);
        }
        List<String> unseen = golden.unseen();
        if (!unseen.isEmpty()) {
            throw new AssertionError(golden.id() + ": the check of " + golden.type() + " did not look at " + unseen);
        }
    }
}
