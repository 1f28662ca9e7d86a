package viewfit.formats;

import java.util.List;
import viewfit.core.contract.StageFailure;

/**
 * One thing that must hold of an export.
 *
 * @param name the file and what is compared, for people
 * @param test throws a {@link StageFailure} whose message names the file and the difference if it does not hold
 */
public record ExportCheck(String name, Runnable test) {
    /**
     * Runs checks in order.
     *
     * @throws StageFailure of the first that does not hold
     */
    public static void all(List<ExportCheck> checks) {
        checks.forEach(check -> check.test().run());
    }
}
