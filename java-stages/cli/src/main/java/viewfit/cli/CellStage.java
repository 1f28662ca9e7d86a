package viewfit.cli;

import picocli.CommandLine.Option;
import viewfit.core.contract.StageContract;

/** A stage that works for one cell of a sweep and names it in its records. */
public abstract class CellStage extends Stage {
    @Option(names = "--cell", paramLabel = "ID", description = "Cell of the sweep, for the records (default: none).")
    private String cell = "";

    /** See {@link Stage}. */
    protected CellStage(StageContract contract, String example) {
        super(contract, example);
    }

    /** Cell of the sweep; empty outside one. */
    protected final String cell() {
        return cell;
    }
}
