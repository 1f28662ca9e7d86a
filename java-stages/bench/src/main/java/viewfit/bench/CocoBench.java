package viewfit.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The COCO metric as a whole process, from files to numbers, against pycocotools; the two take turns. */
final class CocoBench {
    private static final int LOOK_EVERY_MILLIS = 20;

    private final int images;
    private final String type;
    private final int rounds;
    private final String python;
    private final CocoSet set;

    /**
     * @param python a Python with pycocotools; empty: none
     */
    CocoBench(int images, String type, int rounds, String python) {
        this.images = images;
        this.type = type;
        this.rounds = rounds;
        this.python = python;
        this.set = new CocoSet(Places.target("coco"), images);
    }

    /** One run of a process. */
    private record Run(double seconds, long peakKib, String output) {}

    void run() throws IOException, InterruptedException {
        if (!Files.exists(set.found(type))) {
            set.write();
        }
        run(List.of(Places.stage(), "coco-eval", "--help"), false);
        Path json = set.found(type).resolveSibling("scores.json");
        List<String> stage = List.of(
                Places.stage(),
                "coco-eval",
                "--annotations",
                set.truth().toString(),
                "--results",
                set.found(type).toString(),
                "--type",
                type,
                "--json",
                json.toString());
        List<String> reference = List.of(
                python,
                Places.python("reference_coco.py"),
                set.truth().toString(),
                set.found(type).toString(),
                type);
        Rounds ours = new Rounds();
        Rounds theirs = new Rounds();
        Rounds ourPeak = new Rounds();
        Rounds theirPeak = new Rounds();
        String verdict = "";
        for (int i = 0; i < rounds; i++) {
            Run run = run(stage, true);
            ours.add(run.seconds());
            ourPeak.add(run.peakKib() / 1024.0);
            if (!python.isEmpty()) {
                Run other = run(reference, true);
                theirs.add(other.seconds());
                theirPeak.add(other.peakKib() / 1024.0);
                verdict = same(json, other.output())
                        ? "all 12 numbers the same bits"
                        : "OTHER NUMBERS: " + other.output();
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%d images, %s, files of %.0f and %.0f MB: ours %.2f s (%.2f to %.2f), peak %.0f MiB",
                images,
                type,
                Files.size(set.truth()) / 1e6,
                Files.size(set.found(type)) / 1e6,
                ours.median(),
                ours.smallest(),
                ours.largest(),
                ourPeak.largest());
        if (!python.isEmpty()) {
            System.out.printf(
                    Locale.ROOT,
                    "; pycocotools %.2f s, peak %.0f MiB; ratio %s; %s",
                    theirs.median(),
                    theirPeak.largest(),
                    ours.ratio(theirs),
                    verdict);
        }
        System.out.println();
    }

    /** Whether the twelve numbers of the JSON are those of the line, as texts of doubles that round-trip. */
    private static boolean same(Path json, String line) throws IOException {
        String text = Files.readString(json).replaceAll("\\s", "");
        String stats = text.replaceFirst(".*?\"stats\":\\[([^\\]]*)\\].*", "$1");
        String[] mine = stats.split(",", -1);
        String[] its = line.strip().split(" ", -1);
        boolean same = mine.length == its.length;
        for (int i = 0; same && i < mine.length; i++) {
            same = Double.parseDouble(mine[i]) == Double.parseDouble(its[i]);
        }
        return same;
    }

    private static Run run(List<String> command, boolean built) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        if (built) {
            builder.environment().put("VIEWFIT_BUILT", "yes");
        }
        Path output = Files.createTempFile("coco", ".txt");
        long start = System.nanoTime();
        Process process = builder.redirectOutput(output.toFile()).start();
        long peak = 0;
        while (process.isAlive()) {
            peak = Math.max(peak, peak(process.pid()));
            process.waitFor(LOOK_EVERY_MILLIS, java.util.concurrent.TimeUnit.MILLISECONDS);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        String text = Files.readString(output, StandardCharsets.UTF_8);
        Files.delete(output);
        if (process.exitValue() != 0) {
            throw new IOException(command + " ended with " + process.exitValue() + ": " + text);
        }
        return new Run(seconds, peak, text);
    }

    /** KiB of its largest resident set so far, 0 if it is gone. */
    private static long peak(long pid) {
        List<String> lines = new ArrayList<>();
        try {
            lines.addAll(Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")));
        } catch (IOException ended) {
            return 0;
        }
        return lines.stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }
}
