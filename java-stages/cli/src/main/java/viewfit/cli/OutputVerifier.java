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
     * Verifies all outputs. A run on record as diverged promises its metrics alone, one that paused all but its last
     * checkpoint; what else it wrote must still be valid.
     *
     * @throws StageFailure {@link ExitCode#BUG} if an output is missing or not valid: the stage did not keep its contract
     */
    public void verify(Path out) throws IOException {
        Outcome outcome = outcome(out);
        for (Port port : contract.outputs()) {
            Path path = out.resolve(port.file());
            if (!Files.exists(path)) {
                if (!owed(port, outcome)) {
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

    /** A paused run has its state in place of its last checkpoint. */
    private static boolean owed(Port port, Outcome outcome) {
        return switch (outcome) {
            case OK -> port.required();
            case DIVERGED -> false;
            case PAUSED ->
                port.name().equals("state") || (port.required() && !port.name().equals("checkpoint"));
        };
    }

    private Outcome outcome(Path out) {
        for (Port port : contract.outputs()) {
            Path path = out.resolve(port.file());
            if (port.schema().equals(Metrics.SCHEMA) && Files.exists(path)) {
                return Metrics.read(path).outcome();
            }
        }
        return Outcome.OK;
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
