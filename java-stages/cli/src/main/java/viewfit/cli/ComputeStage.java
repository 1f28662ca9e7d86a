package viewfit.cli;

import java.util.Locale;
import picocli.CommandLine.Option;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageContract;
import viewfit.core.contract.StageFailure;

/** A stage that computes with a network: where, and with how many threads. */
public abstract class ComputeStage extends CellStage {
    private enum Device {
        AUTO,
        CPU,
        CUDA
    }

    @Option(names = "--threads", paramLabel = "N", description = "Worker threads; 0 means all cores (default: 0).")
    private int threads;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            description = "auto, cpu or cuda (default: auto, a GPU if there is one).")
    private Device device = Device.AUTO;

    /** See {@link Stage}. */
    protected ComputeStage(StageContract contract, String example) {
        super(contract, example);
    }

    @Override
    protected void checkOptions() {
        if (threads < 0) {
            throw new StageFailure(ExitCode.USAGE, "--threads: found " + threads + ": must be 0 (all cores) or more");
        }
    }

    /** Worker threads, at least one. */
    protected final int threads() {
        return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    }

    /** {@code auto}, {@code cpu} or {@code cuda}. */
    protected final String device() {
        return device.name().toLowerCase(Locale.ROOT);
    }
}
