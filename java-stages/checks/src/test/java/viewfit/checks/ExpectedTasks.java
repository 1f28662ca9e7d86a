package viewfit.checks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The tasks of a run of the pipeline with these cells, all in one state; those of the test split apart. */
final class ExpectedTasks {
    private ExpectedTasks() {}

    static Map<String, String> of(List<String> cells, String status) {
        List<String> tasks = new ArrayList<>(List.of("SPLIT", "GRID", "SELECT", "REPORT"));
        for (String cell : cells) {
            tasks.addAll(List.of(
                    "VIEWS (" + cell + ")",
                    "PRETRAIN (" + cell + ")",
                    "PROBE (" + cell + ")",
                    "FINETUNE (" + cell + ".1pct)",
                    "FINETUNE (" + cell + ".10pct)",
                    "COCO_EXPORT (" + cell + ")"));
        }
        Map<String, String> expected = new TreeMap<>();
        tasks.forEach(task -> expected.put(task, status));
        return expected;
    }
}
