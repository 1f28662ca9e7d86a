package viewfit.core.select;

import java.nio.file.Path;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/**
 * What it takes to open the test split: a selection that names the cell, the network and the probe recipe. There is no
 * other way to make one, and nothing reads the manifest of the test split without it.
 */
public final class TestPermit {
    private final Selection selection;
    private final Selection.Tested tested;

    private TestPermit(Selection selection, Selection.Tested tested) {
        this.selection = selection;
        this.tested = tested;
    }

    /**
     * Asks a selection for the permit.
     *
     * @param file {@code selection.json}
     * @param cell cell that is to be tested
     * @param checkpointSha256 checksum of its networks
     * @param recipeSha256 checksum of the probe recipe
     * @throws StageFailure {@link ExitCode#NO_INPUT} without a selection, {@link ExitCode#BAD_DATA} if it names another
     *     cell or network, {@link ExitCode#BAD_RECIPE} if the scores it looked at are of another probe
     */
    public static TestPermit of(Path file, String cell, String checkpointSha256, String recipeSha256) {
        Selection selection = Selection.read(file);
        Selection.Tested tested = selection.tested().stream()
                .filter(t -> t.cell().equals(cell))
                .findFirst()
                .orElseThrow(() -> new StageFailure(
                        ExitCode.BAD_DATA,
                        file + ": found no cell '" + cell + "' to be tested: must be one of "
                                + selection.tested().stream()
                                        .map(Selection.Tested::cell)
                                        .toList()));
        if (!tested.checkpointSha256().equals(checkpointSha256)) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    cell + ": found a checkpoint with checksum " + checkpointSha256
                            + ": must be the selected network's, " + tested.checkpointSha256());
        }
        if (!selection.provenance().recipeSha256().equals(recipeSha256)) {
            throw new StageFailure(
                    ExitCode.BAD_RECIPE,
                    file + ": found scores of the probe recipe with checksum "
                            + selection.provenance().recipeSha256() + ", and a recipe with " + recipeSha256
                            + ": must be the same");
        }
        return new TestPermit(selection, tested);
    }

    /** What was selected. */
    public Selection selection() {
        return selection;
    }

    /** The cell this permit is for. */
    public Selection.Tested tested() {
        return tested;
    }

    /** Checksum of the choice, whichever version of the code wrote it down. */
    public String choiceSha256() {
        return selection.choiceSha256();
    }
}
