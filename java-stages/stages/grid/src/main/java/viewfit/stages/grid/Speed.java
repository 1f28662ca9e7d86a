package viewfit.stages.grid;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import viewfit.core.contract.StageFailure;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.Recipes;
import viewfit.zoo.StepCost;

/** How many floating-point operations a machine does in a second of training, and how that is known. */
final class Speed {
    /** Two operations make a multiply-accumulate. */
    static final double FLOPS_PER_MAC = 2;

    private static final String RATE = "images-per-second";
    private static final Pattern CPU = Pattern.compile("cpu, (\\d+) threads?");

    private final String about;
    private final String unit;
    private final int units;
    /** Of every kind that {@code byKind} does not have; NaN if nothing is known of it. */
    private final double any;

    private final Map<String, Double> byKind;

    private Speed(String about, String unit, int units, double any, Map<String, Double> byKind) {
        this.about = about;
        this.unit = unit;
        this.units = units;
        this.any = any;
        this.byKind = byKind;
    }

    /** One finished cell. */
    private record Sample(String device, String kind, double flops) {}

    /** Nothing is known. */
    static Speed unknown() {
        return new Speed(
                "no speed is known: --done or --flops-per-second gives hours", "hours", 1, Double.NaN, Map.of());
    }

    /** A number that was given. */
    static Speed given(double flopsPerSecond) {
        String about = String.format(
                Locale.ROOT, "hours of a machine that does %.3g FLOPs a second, as given", flopsPerSecond);
        return new Speed(about, "hours", 1, flopsPerSecond, Map.of());
    }

    /**
     * The speed of finished cells: images per second times the operations of an image. Counted are those on the device that most
     * of them ran on; of several the median.
     *
     * @param done has {@code grid/cells/CELL.yml} and {@code pretrain/CELL/metrics.json}
     * @param classes number of labels
     */
    static Speed measured(Path done, int classes) {
        List<Sample> all = samples(done, classes);
        String device = all.stream()
                .collect(Collectors.groupingBy(Sample::device, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .max(Comparator.comparingLong(Map.Entry::getValue))
                .map(Map.Entry::getKey)
                .orElse("");
        List<Sample> samples =
                all.stream().filter(sample -> sample.device().equals(device)).toList();
        if (samples.isEmpty()) {
            return new Speed(
                    "no finished cell in " + done.resolve("pretrain") + ": no hours", "hours", 1, Double.NaN, Map.of());
        }
        Map<String, Double> byKind = new TreeMap<>();
        samples.stream()
                .collect(Collectors.groupingBy(Sample::kind))
                .forEach((kind, some) -> byKind.put(kind, median(some)));
        Matcher cpu = CPU.matcher(device);
        boolean cores = cpu.matches();
        String rates = byKind.entrySet().stream()
                .map(e -> String.format(Locale.ROOT, "%s %.3g", e.getKey(), e.getValue()))
                .collect(Collectors.joining(", "));
        return new Speed(
                "speed of " + samples.size() + " finished cells on " + device + ", FLOPs a second: " + rates,
                cores ? "core-hours" : "GPU-hours",
                cores ? Integer.parseInt(cpu.group(1)) : 1,
                Double.NaN,
                byKind);
    }

    private static List<Sample> samples(Path done, int classes) {
        Path pretrain = done.resolve("pretrain");
        List<Sample> samples = new ArrayList<>();
        if (!Files.isDirectory(pretrain)) {
            return samples;
        }
        try (Stream<Path> cells = Files.list(pretrain)) {
            for (Path cell : cells.sorted().toList()) {
                Path file = cell.resolve("metrics.json");
                Path recipeFile = done.resolve("grid/cells").resolve(cell.getFileName() + ".yml");
                if (!Files.isRegularFile(file) || !Files.isRegularFile(recipeFile)) {
                    continue;
                }
                try {
                    add(samples, Metrics.read(file), Recipes.read(recipeFile, PretrainRecipe.class), classes);
                } catch (StageFailure e) {
                    // Of an earlier version, or damaged: it says nothing about the speed, and a plan needs nothing else
                    // of it.
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return samples;
    }

    private static void add(List<Sample> samples, Metrics metrics, PretrainRecipe recipe, int classes) {
        double rate = metrics.values().getOrDefault(RATE, 0.0);
        boolean its = Recipes.sha256(recipe).equals(metrics.provenance().recipeSha256());
        if (metrics.outcome() == Outcome.OK && rate > 0 && its) {
            double flops = rate * FLOPS_PER_MAC * StepCost.perImage(recipe, classes);
            samples.add(new Sample(metrics.provenance().device(), kind(recipe), flops));
        }
    }

    private static double median(List<Sample> samples) {
        double[] sorted = samples.stream().mapToDouble(Sample::flops).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static String kind(PretrainRecipe recipe) {
        return recipe.backbone().name() + " " + recipe.precision().name().toLowerCase(Locale.ROOT);
    }

    /** Backbone and precision of those recipes that nothing finished is like, where other kinds have a speed. */
    List<String> unmeasured(List<PretrainRecipe> recipes) {
        return byKind.isEmpty()
                ? List.of()
                : recipes.stream()
                        .map(Speed::kind)
                        .filter(kind -> !byKind.containsKey(kind))
                        .distinct()
                        .toList();
    }

    /**
     * Hours of work, of all cores where it is a processor; NaN if no speed is known, or none for its backbone and precision.
     *
     * @param flops in all
     */
    double hours(PretrainRecipe recipe, double flops) {
        return flops / byKind.getOrDefault(kind(recipe), any) * units / 3600;
    }

    /** What the hours are of. */
    String unit() {
        return unit;
    }

    /** How the speed is known, in one line. */
    String about() {
        return about;
    }
}
