package viewfit.report.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import viewfit.report.results.CellResult;
import viewfit.report.results.Results;
import viewfit.report.results.Scored;
import viewfit.report.values.Text;

/** The command of the run, and what pre-training took: time, speed, and hours of cores or GPUs. */
final class CostSection {
    private static final Pattern THREADS = Pattern.compile("(\\d+) threads?");
    private static final double SECONDS = 3600;
    private static final String CORE_HOURS = "core-hours";
    private static final String GPU_HOURS = "GPU-hours";

    private CostSection() {}

    /**
     * @param command how the run was started; empty when nobody said
     */
    static String html(Results results, String command, Outputs outputs) {
        Html html = new Html();
        if (!command.isEmpty()) {
            html.raw("<p>This run was started by</p>\n<pre class=\"scroll\"><code>")
                    .text(command)
                    .raw("</code></pre>\n");
        }
        costs(results, html, outputs);
        String text = html.toString();
        return text.isEmpty() ? "" : "<h2 id=\"cost\">Command, time and cost</h2>\n" + text;
    }

    private static void costs(Results results, Html html, Outputs outputs) {
        List<List<String>> rows = new ArrayList<>();
        List<List<String>> numbers = new ArrayList<>();
        Map<String, Double> totals = new LinkedHashMap<>();
        boolean resumed = false;
        List<String> unknown = new ArrayList<>();
        for (CellResult cell : results.cells()) {
            Scored run = cell.pretrain();
            if (run == null || !Double.isFinite(run.value("wall-seconds"))) {
                unknown.add(cell.cell().id());
                continue;
            }
            double total = run.value("wall-seconds.total");
            double seconds = Double.isFinite(total) ? total : run.value("wall-seconds");
            String device = run.metrics().provenance().device();
            String unit = device.startsWith("cpu") ? CORE_HOURS : GPU_HOURS;
            double hours = seconds / SECONDS * units(device);
            boolean partly = run.count("resumed-at-step") > 0;
            resumed |= partly;
            totals.merge(unit, hours, Double::sum);
            long seen = seen(cell, run);
            rows.add(List.of(
                    Html.escape(cell.cell().id()),
                    Html.escape(device),
                    (partly ? "\u2265\u00A0" : "") + time(seconds),
                    (partly ? "\u2265\u00A0" : "") + hours(hours) + "\u00A0" + unit,
                    Text.count(seen),
                    Text.decimals(cell.imagesPerSecond(), 0),
                    Text.decimals(100 * cell.dataWaitShare(), 1)));
            numbers.add(List.of(
                    cell.cell().id(),
                    device,
                    Double.toString(seconds),
                    Double.toString(hours),
                    unit,
                    partly ? "yes" : "no",
                    seen < 0 ? "" : Long.toString(seen),
                    Text.exact(cell.imagesPerSecond()),
                    Text.exact(cell.dataWaitShare())));
        }
        if (rows.isEmpty()) {
            return;
        }
        outputs.table(
                "cost",
                List.of(
                        "cell",
                        "device",
                        "wall_seconds",
                        "hours",
                        "unit",
                        "resumed",
                        "images_seen",
                        "images_per_second",
                        "data_wait_share"),
                numbers);
        List<String> sums = new ArrayList<>();
        totals.forEach((unit, hours) -> sums.add(hours(hours) + " " + unit));
        html.element(
                "p",
                "",
                "Pre-training of " + Text.plural(rows.size(), "cell") + " took "
                        + (resumed || !unknown.isEmpty() ? "at least " : "") + String.join(" and ", sums)
                        + "; probes and fine-tuning are not counted"
                        + (unknown.isEmpty()
                                ? "."
                                : ", nor is what went into cells without a time: " + String.join(", ", unknown) + "."));
        html.table(
                "numbers",
                List.of("cell", "device", "wall time", "cost", "images seen", "images/s", "waiting for data, %"),
                rows);
        html.raw(
                "<p class=\"note\">Wall time of the training process from its start to its last file, times the threads"
                        + " or GPUs it had"
                        + (resumed
                                ? "; of a run in parts (\u2265), without what each did after its last state; its speed and waiting are the means of its curve"
                                : "")
                        + ". The times of probes and fine-tuning are in Nextflow's own <code>pipeline_info/</code>."
                        + " <span class=\"source\"><a href=\"tables/cost.csv\">data</a></span></p>\n");
    }

    /** Threads of a processor; a task that trains has one GPU. */
    private static double units(String device) {
        Matcher threads = THREADS.matcher(device);
        return device.startsWith("cpu") && threads.find() ? Double.parseDouble(threads.group(1)) : 1;
    }

    /** Images, not views, that the whole run saw; -1 if the recipe or the steps are not known. */
    private static long seen(CellResult cell, Scored run) {
        String batch = cell.setting("batch-size");
        long steps = run.count("steps");
        return steps < 0 || !batch.matches("\\d{1,9}") ? -1 : steps * Long.parseLong(batch);
    }

    private static String hours(double hours) {
        return Text.decimals(hours, hours < 1 ? 3 : hours < 100 ? 2 : 0);
    }

    /** {@code 1 h 02 min}, {@code 2 min 05 s}, {@code 12 s}. */
    static String time(double seconds) {
        long s = Math.round(seconds);
        return s >= SECONDS
                ? String.format(Locale.ROOT, "%d\u00A0h\u00A0%02d\u00A0min", s / 3600, s / 60 % 60)
                : s >= 60 ? String.format(Locale.ROOT, "%d\u00A0min\u00A0%02d\u00A0s", s / 60, s % 60) : s + "\u00A0s";
    }
}
