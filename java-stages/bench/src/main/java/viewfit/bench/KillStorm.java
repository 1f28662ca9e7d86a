package viewfit.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import viewfit.core.files.Hashes;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;

/**
 * Ends training runs at random moments, from the start of the process to the writing of its last file, and lets them go on until
 * they are done: are their results those of a run that nobody touched?
 *
 * <p>One method after the other; half of the runs keep a state after every step, so that many signals meet one being written.
 */
final class KillStorm {
    private static final List<String> RECIPES =
            List.of("test-ours", "test-swav", "test-moco", "test-vit", "test-supervised");

    private static final int EPOCHS = 4;

    /** Three batches of the recipes. */
    private static final int IMAGES = 48;

    private static final int TRANSIENT = 75;
    private static final int SIGTERM = 143;
    private static final double NANOS = 1e9;
    /** An attempt that takes longer is not going to end. */
    private static final double PATIENCE_SECONDS = 300;

    /** What a run has to do after TERM: end its step and write its state. */
    static final double STOP_SECONDS = 30;

    private final Path folder;
    private final Consumer<String> say;
    private final RandomStream random;

    /**
     * How a storm went.
     *
     * @param kills KILL signals to running processes
     * @param terms TERM signals
     * @param finished runs that came to their end between them
     * @param resumed attempts that went on from a state
     * @param slowestStop seconds from TERM to the end of the process, the longest
     * @param problems what must not happen, a line each
     */
    record Outcome(int kills, int terms, int finished, int resumed, double slowestStop, List<String> problems) {
        int cycles() {
            return kills + terms;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d kills, %d terms, %d runs finished, %d attempts went on from a state, slowest stop %.1f s,"
                            + " %d problems",
                    kills,
                    terms,
                    finished,
                    resumed,
                    slowestStop,
                    problems.size());
        }
    }

    private int kills;
    private int terms;
    private int finished;
    private int resumed;
    private double slowestStop;
    private final List<String> problems = new ArrayList<>();

    /**
     * @param folder empty; what is in it stays, for a look at what went wrong
     * @param say told how it goes, a line each
     */
    KillStorm(Path folder, long seed, Consumer<String> say) {
        this.folder = folder;
        this.say = say;
        this.random = SeedTree.root(seed).at("kill-storm").stream();
    }

    /** What a run is measured by. */
    private record Results(String checkpoint, String curve, String monitor) {
        static Results of(Path out) throws IOException {
            return new Results(
                    Hashes.sha256(out.resolve("checkpoint.safetensors")),
                    timeless(out.resolve("curve.csv")),
                    Files.readString(out.resolve("monitor.csv")));
        }

        /** The curve without its columns of the clock, the last two. */
        private static String timeless(Path curve) throws IOException {
            return String.join(
                    "\n",
                    Files.readAllLines(curve).stream()
                            .map(row -> row.startsWith("#") ? row : row.replaceFirst("(,[^,]*){2}$", ""))
                            .toList());
        }
    }

    /** A run of one method that nobody touched. */
    private record Calm(String name, Path recipe, Results results, double seconds) {}

    /** Goes on until there were so many signals, and the run that met the last of them is done. */
    Outcome run(int cycles) throws IOException, InterruptedException {
        Path images = Places.testData("imagenette-mini");
        Path split = folder.resolve("split");
        Attempt splitting = start(
                List.of("split", "--images", images.toString(), "--heldout-per-class", "5", "--out", split.toString()),
                folder.resolve("split.log"));
        if (splitting.await() != 0) {
            throw new IllegalStateException(splitting.said());
        }
        few(split.resolve("train.csv"));
        List<Calm> calm = new ArrayList<>();
        for (String name : RECIPES.subList(0, Math.min(RECIPES.size(), Math.max(1, cycles / 4)))) {
            calm.add(calm(name));
        }
        for (int i = 0; kills + terms < cycles; i++) {
            storm(i, calm.get(i % calm.size()), cycles);
        }
        return new Outcome(kills, terms, finished, resumed, slowestStop, List.copyOf(problems));
    }

    /** Keeps every so many rows of a manifest: most of a short run is then starting, stopping and keeping states. */
    private static void few(Path manifest) throws IOException {
        List<String> lines = Files.readAllLines(manifest);
        int head = 0;
        while (lines.get(head).startsWith("#")) {
            head++;
        }
        List<String> rows = lines.subList(head + 1, lines.size());
        int every = rows.size() / IMAGES;
        List<String> kept = new ArrayList<>(lines.subList(0, head + 1));
        for (int i = 0; i < IMAGES; i++) {
            kept.add(rows.get(i * every));
        }
        Files.write(manifest, kept);
    }

    private Calm calm(String name) throws IOException, InterruptedException {
        Path recipe = folder.resolve(name + ".yml");
        String text = Files.readString(Places.recipe(name));
        String longer = text.replaceFirst("(?m)^epochs: 1$", "epochs: " + EPOCHS);
        if (longer.equals(text)) {
            throw new IllegalStateException(name + ": found no line 'epochs: 1'");
        }
        Files.writeString(recipe, longer);
        Path out = folder.resolve(name + "-calm");
        long from = System.nanoTime();
        Attempt attempt = start(command(recipe, out, 1), folder.resolve(name + "-calm.log"));
        if (attempt.await() != 0) {
            throw new IllegalStateException(attempt.said());
        }
        double seconds = (System.nanoTime() - from) / NANOS;
        say.accept(String.format(Locale.ROOT, "%s: untouched %.1f s", name, seconds));
        return new Calm(name, recipe, Results.of(out), seconds);
    }

    /** One run, struck until the number of signals is reached, and compared. */
    private void storm(int number, Calm calm, int cycles) throws IOException, InterruptedException {
        String run = String.format(Locale.ROOT, "%s-%03d", calm.name, number);
        Path states = folder.resolve(run + "-states");
        boolean often = random.nextInt(2) == 0;
        int before = kills + terms;
        for (int n = 0; ; n++) {
            Path out = folder.resolve(run + "-" + n);
            Path log = folder.resolve(run + "-" + n + ".log");
            List<String> command = command(calm.recipe, out, 1 + random.nextInt(3));
            command.addAll(
                    List.of("--checkpoint-dir", states.toString(), "--checkpoint-minutes", often ? "0" : "0.01"));
            Attempt attempt = start(command, log);
            boolean strike = kills + terms < cycles;
            boolean ended = attempt.ends(strike ? random.uniform(0, calm.seconds * 1.1) : PATIENCE_SECONDS);
            if (!ended && strike) {
                strike(attempt, run + "-" + n);
            }
            int code = attempt.await();
            look(attempt, run + "-" + n);
            if (code == 0) {
                compare(calm, out, run + "-" + n);
                if (!states(states).isEmpty()) {
                    problems.add(run + ": its states were not removed");
                }
                finished++;
                break;
            }
            if (ended) {
                problems.add(run + "-" + n + ": ended by itself with " + code + ": " + attempt.said());
                break;
            }
        }
        say.accept(String.format(Locale.ROOT, "%s: %d signals, in all %d", run, kills + terms - before, kills + terms));
        // Good runs leave nothing behind: hundreds of states would fill a disk.
        if (problems.isEmpty()) {
            remove(run);
        }
    }

    private void strike(Attempt attempt, String name) throws IOException, InterruptedException {
        if (random.nextInt(2) == 0) {
            kills++;
            attempt.process.destroyForcibly();
            return;
        }
        terms++;
        long from = System.nanoTime();
        attempt.process.destroy();
        int code = attempt.await();
        double seconds = (System.nanoTime() - from) / NANOS;
        slowestStop = Math.max(slowestStop, seconds);
        if (seconds > STOP_SECONDS) {
            problems.add(name + ": took " + seconds + " s to stop");
        }
        // 143 until the process has got to where it listens, 0 where the run was as good as done.
        boolean listening = attempt.said().contains("SIGTERM");
        if (code != TRANSIENT && code != 0 && (listening || code != SIGTERM)) {
            problems.add(name + ": ended with " + code + " after TERM: " + attempt.said());
        }
    }

    /** Reads what an attempt said: a state that could not be read is what the storm looks for. */
    private void look(Attempt attempt, String name) throws IOException {
        String said = attempt.said();
        if (said.contains("goes on after step")) {
            resumed++;
        }
        said.lines()
                .filter(line -> line.contains("put aside")
                        || line.contains("unexpected error")
                        || line.contains("could not be written")
                        || line.contains("state not written"))
                .forEach(line -> problems.add(name + ": " + line));
    }

    private void compare(Calm calm, Path out, String name) throws IOException {
        Results found = Results.of(out);
        if (!found.checkpoint.equals(calm.results.checkpoint)) {
            problems.add(name + ": another checkpoint than the untouched run");
        }
        if (!found.curve.equals(calm.results.curve)) {
            problems.add(name + ": another curve.csv than the untouched run");
        }
        if (!found.monitor.equals(calm.results.monitor)) {
            problems.add(name + ": another monitor.csv than the untouched run");
        }
    }

    private List<String> command(Path recipe, Path out, int workers) {
        return new ArrayList<>(List.of(
                "pretrain",
                "--recipe",
                recipe.toString(),
                "--manifest",
                folder.resolve("split/train.csv").toString(),
                "--monitor",
                folder.resolve("split/heldout.csv").toString(),
                "--images",
                Places.testData("imagenette-mini").toString(),
                "--cell",
                "storm",
                "--threads",
                "1",
                "--workers",
                Integer.toString(workers),
                "--out",
                out.toString()));
    }

    /** A process of a stage and what it prints. */
    private record Attempt(Process process, Path log) {
        /** Whether it has ended, after so many seconds at the latest. */
        boolean ends(double seconds) throws InterruptedException {
            return process.waitFor((long) (seconds * NANOS), java.util.concurrent.TimeUnit.NANOSECONDS);
        }

        int await() throws InterruptedException {
            if (!ends(PATIENCE_SECONDS)) {
                process.destroyForcibly();
            }
            return process.waitFor();
        }

        String said() throws IOException {
            return Files.readString(log);
        }
    }

    private static Attempt start(List<String> arguments, Path log) throws IOException {
        List<String> command = new ArrayList<>(List.of(Places.stage()));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("VIEWFIT_BUILT", "by this build");
        return new Attempt(builder.start(), log);
    }

    private static List<Path> states(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".safetensors")).toList();
        }
    }

    private void remove(String run) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.getFileName().toString().startsWith(run + "-"))
                    .toList()) {
                try (Stream<Path> below = Files.walk(file)) {
                    below.sorted(Comparator.reverseOrder()).forEach(KillStorm::delete);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
