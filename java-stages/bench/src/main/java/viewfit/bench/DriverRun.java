package viewfit.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One run of a launcher, and what the process took that the launcher becomes: Nextflow's, or a stage's.
 *
 * @param seconds by the clock
 * @param cpuSeconds processor time of that process alone
 * @param peakMebibytes its largest resident set
 */
record DriverRun(double seconds, double cpuSeconds, double peakMebibytes) {
    private static final double NANOS = 1e9;
    private static final int LOOK_MILLIS = 200;
    private static final int KIB_PER_MIB = 1024;

    /**
     * Runs {@code bin/viewfit run main.nf}.
     *
     * @param folder where it runs; what it prints goes to a file there
     * @throws IllegalStateException if it does not end with 0
     */
    static DriverRun of(Path folder, String log, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Places.launcher(), "run", "main.nf"));
        command.addAll(arguments);
        return of(command, folder, log);
    }

    /**
     * Runs a command.
     *
     * @param folder where it runs; what it prints goes to a file there
     * @throws IllegalStateException if it does not end with 0
     */
    static DriverRun of(List<String> command, Path folder, String log) throws IOException, InterruptedException {
        Path said = folder.resolve(log);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        // An installed nextflow would start its Java as another process.
        builder.environment().put("VIEWFIT_NEXTFLOW", "maven");
        long from = System.nanoTime();
        Process process = builder.start();
        Duration cpu = Duration.ZERO;
        long peak = 0;
        boolean ended;
        do {
            ended = process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            cpu = process.info().totalCpuDuration().orElse(cpu);
            peak = Math.max(peak, Memory.peak(process.pid()));
        } while (!ended);
        if (process.exitValue() != 0) {
            throw new IllegalStateException(Files.readString(said));
        }
        return new DriverRun((System.nanoTime() - from) / NANOS, cpu.toMillis() / 1e3, peak / (double) KIB_PER_MIB);
    }
}
