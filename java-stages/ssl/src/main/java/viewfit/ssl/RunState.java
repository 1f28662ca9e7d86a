package viewfit.ssl;

import java.util.List;
import java.util.Map;

/**
 * What a run knows beside its tensors, at the end of a step. Numbers are text where they may be NaN; a double's text reads back
 * as the same double. Times of the clock are no part of it: equal runs have equal states.
 *
 * @param steps steps done and told of
 * @param epochs epochs whose end was worked off: monitor, numbered checkpoint; of the last step of an epoch that may be yet to come
 * @param curveRows rows of {@code curve.csv}
 * @param curveSha256 of those rows without their times
 * @param monitorRows rows of {@code monitor.csv}
 * @param monitorSha256 of those rows
 * @param notFinite steps that were not finite and left out, alone or with those before
 * @param lastRows images of the last step, as rows of the manifest
 * @param lastReports numbers of the last steps, oldest first
 * @param health epochs that decide about a collapse, the one under way last
 * @param damaged damaged images met so far, as rows of the manifest in the order they were met
 */
public record RunState(
        long steps,
        int epochs,
        long curveRows,
        String curveSha256,
        long monitorRows,
        String monitorSha256,
        int notFinite,
        List<Integer> lastRows,
        List<Map<String, String>> lastReports,
        List<EpochSums> health,
        List<Integer> damaged) {
    public RunState {
        lastRows = List.copyOf(lastRows);
        lastReports = List.copyOf(lastReports);
        health = List.copyOf(health);
        damaged = List.copyOf(damaged);
    }

    /**
     * What {@link Health} adds up over an epoch.
     *
     * @param steps how many were added
     * @param sums by measure
     */
    public record EpochSums(long steps, Map<String, String> sums) {
        public EpochSums {
            sums = new java.util.TreeMap<>(sums);
        }
    }
}
