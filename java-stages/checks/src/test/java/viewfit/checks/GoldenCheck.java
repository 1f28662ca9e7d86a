package viewfit.checks;

import viewfit.goldens.GoldenCase;

/** What has to hold for one golden case; throws if it does not. */
@FunctionalInterface
public interface GoldenCheck {
    /**
     * Runs the case.
     *
     * @param golden the case; every array below its {@code expected} must be compared, or named with
     *     {@link GoldenCase#notApplicable} and a reason
     */
    void check(GoldenCase golden) throws Exception;
}
