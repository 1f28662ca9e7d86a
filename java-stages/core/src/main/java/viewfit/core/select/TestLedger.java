package viewfit.core.select;

import java.nio.file.Files;
import java.nio.file.Path;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.metrics.Json;

/**
 * {@code test-opened.json}, beside the results of the tested cells: for which selection the test split was opened there.
 *
 * @param schema {@code test-opened/1}
 * @param choiceSha256 {@code choice-sha256} of that {@code selection.json}
 */
public record TestLedger(String schema, String choiceSha256) {
    public static final String SCHEMA = "test-opened/1";
    private static final String FILE = "test-opened.json";

    public TestLedger {
        if (!schema.equals(SCHEMA)) {
            throw new IllegalArgumentException("schema: found '" + schema + "': must be " + SCHEMA);
        }
    }

    /**
     * Notes that the test split is opened for the selection of a permit, before it is.
     *
     * @param results folder of the results of tested cells
     * @throws StageFailure {@link ExitCode#BAD_DATA} if it was opened there for another selection
     */
    public static void open(Path results, TestPermit permit) {
        Path file = results.resolve(FILE);
        if (!Files.exists(file)) {
            Json.write(file, new TestLedger(SCHEMA, permit.choiceSha256()));
            return;
        }
        String earlier = Json.read(file, TestLedger.class).choiceSha256();
        if (!earlier.equals(permit.choiceSha256())) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    file + ": found that the test split was opened for the choice with checksum " + earlier
                            + ": must be this one, " + permit.choiceSha256()
                            + ": choosing again after a look at it is what the split is kept from");
        }
    }
}
