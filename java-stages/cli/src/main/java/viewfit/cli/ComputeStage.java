package viewfit.cli;

import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageContract;
import viewfit.core.contract.StageFailure;

/** A stage that computes with a network: where, and with how many threads. */
public abstract class ComputeStage extends CellStage {
    private static final Pattern DEVICE = Pattern.compile("auto|cpu|cuda(:\\d{1,3})?");

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads that compute on the processor; 0 means all cores (default: 0).")
    private int threads;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "Threads that decode images and cut views; 0 means half of --threads, and all of them where a"
                    + " GPU computes (default: 0).")
    private int workers;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            description = "cpu; cuda, the first GPU that is to be seen; cuda:N, another one, from 0; or auto: a GPU if"
                    + " there is one (default: auto).")
    private String device = "auto";

    /** See {@link Stage}. */
    protected ComputeStage(StageContract contract, String example) {
        super(contract, example);
    }

    @Override
    protected void checkOptions() {
        if (threads < 0) {
            throw new StageFailure(ExitCode.USAGE, "--threads: found " + threads + ": must be 0 (all cores) or more");
        }
        if (!DEVICE.matcher(device()).matches()) {
            throw new StageFailure(
                    ExitCode.USAGE, "--device: found " + device + ": must be one of auto, cpu, cuda, cuda:N");
        }
        if (workers < 0) {
            throw new StageFailure(ExitCode.USAGE, "--workers: found " + workers + ": must be 0 (by rule) or more");
        }
    }

    /** Threads that compute on the processor, at least one. */
    protected final int threads() {
        return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    }

    /**
     * Threads that prepare images, at least one.
     *
     * @param gpu whether a GPU computes
     */
    protected final int workers(boolean gpu) {
        return workers(workers, threads(), gpu);
    }

    /**
     * Without a number, half as many as compute: views are a small part of the work, large photographs and fast networks
     * make it larger, and threads that are ahead sleep. A GPU leaves all cores to them.
     */
    static int workers(int asked, int threads, boolean gpu) {
        return asked > 0 ? asked : gpu ? threads : Math.max(1, threads / 2);
    }

    /** {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}. */
    protected final String device() {
        return device.toLowerCase(Locale.ROOT);
    }
}
