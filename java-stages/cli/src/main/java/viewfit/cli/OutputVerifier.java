package viewfit.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.Port;
import viewfit.core.contract.StageContract;
import viewfit.core.contract.StageFailure;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;

/** Reads every declared output of a stage back by its schema: what downstream would trip over fails here, with a name. */
public final class OutputVerifier {
    private final StageContract contract;
    private final OutputFormats formats;

    public OutputVerifier(StageContract contract, OutputFormats formats) {
        this.contract = contract;
        this.formats = formats;
    }

    /**
     * Verifies all outputs. A run on record as diverged or paused promises its metrics alone; what else it wrote must still be
     * valid.
     *
     * @throws StageFailure {@link ExitCode#BUG} if an output is missing or not valid: the stage did not keep its contract
     */
    public void verify(Path out) throws IOException {
        boolean partial = partial(out);
        for (Port port : contract.outputs()) {
            Path path = out.resolve(port.file());
            if (!Files.exists(path)) {
                if (partial || !port.required()) {
                    continue;
                }
                throw new StageFailure(
                        ExitCode.BUG, path + ": not written: " + contract.name() + " promises " + port.schema());
            }
            try {
                formats.of(port).verify(path);
            } catch (StageFailure e) {
                throw new StageFailure(ExitCode.BUG, e.getMessage() + " (output of " + contract.name() + ")", e);
            }
        }
    }

    private boolean partial(Path out) {
        for (Port port : contract.outputs()) {
            Path path = out.resolve(port.file());
            if (port.schema().equals(Metrics.SCHEMA) && Files.exists(path)) {
                return Metrics.read(path).outcome() != Outcome.OK;
            }
        }
        return false;
    }

    /** Writes the smallest valid content of every output that is always written. */
    void writeStubs(Path out) throws IOException {
        for (Port port : contract.outputs()) {
            if (port.required()) {
                formats.of(port).writeStub(out.resolve(port.file()));
            }
        }
    }
}
