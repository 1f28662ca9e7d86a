package viewfit.core.contract;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Names that the report gives its own figures and tables, whatever the sweep. Those that a grid asks for have others: a grid
 * that takes one is refused before anything is trained, and the report writes no name that is neither here nor in its grid.
 */
public final class ReportNames {
    private static final List<String> NAMES = List.of(
            "accuracy",
            "cost",
            "data-wait",
            "feature-cosine",
            "feature-std",
            "finetune",
            "knn-by-epoch",
            "learning-rate",
            "loss",
            "means",
            "metrics",
            "online-probe",
            "paired-tests",
            "prototypes",
            "prototypes-used",
            "selection",
            "teacher-entropy",
            "test",
            "throughput",
            "train-top1",
            "view-correlation");

    /** The name of a cell follows. */
    private static final List<String> BEGINNINGS = List.of("feature-map-", "pixel-scale-", "retrieval-", "views-");

    private ReportNames() {}

    /** Whether a figure or table of this name is one of the report's own. */
    public static boolean own(String name) {
        return NAMES.contains(name) || BEGINNINGS.stream().anyMatch(name::startsWith);
    }

    /** All of them in words. */
    public static String all() {
        return Stream.concat(NAMES.stream(), BEGINNINGS.stream().map(beginning -> beginning + "*"))
                .collect(Collectors.joining(", "));
    }
}
