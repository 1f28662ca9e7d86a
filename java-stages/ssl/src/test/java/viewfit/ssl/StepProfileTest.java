package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.metrics.ProfileRow;
import viewfit.engine.OperatorTrace;

/** Phases of made-up steps on a made-up clock. */
class StepProfileTest {
    private final List<StepProfile.Findings> found = new ArrayList<>();
    private long now;
    private long views;

    private StepProfile profile(long warmUp, long timed) {
        return new StepProfile(new StepProfile.Plan(warmUp, timed, 0), () -> now, () -> views, found::add);
    }

    /** A step that waits 1 ms, computes twice for {@code ms}, and is 3 ms about its files; 100 ms until the next. */
    private void step(StepClock clock, long ms) {
        phase(clock, StepPhase.WAIT, 1);
        phase(clock, StepPhase.PROGRAM, ms);
        phase(clock, StepPhase.PROBE, 2);
        phase(clock, StepPhase.PROGRAM, ms);
        phase(clock, StepPhase.FILES, 3);
        phase(clock, StepPhase.BETWEEN, 100);
        views += 7_000_000;
    }

    private void phase(StepClock clock, StepPhase phase, long ms) {
        clock.phase(phase);
        now += ms * 1_000_000;
    }

    @ParameterizedTest
    @CsvSource({
        "10, 100, 3, 10, 5",
        "2, 100, 3, 2, 2",
        "10, 18, 3, 10, 5",
        "10, 15, 3, 10, 2",
        "10, 13, 3, 9, 1",
        "10, 6, 3, 2, 1",
        "10, 4, 3, 1, 0",
        "10, 3, 2, 1, 0",
        "10, 1, 0, 1, 0",
    })
    void aShortRunIsMeasuredAsFarAsItGoes(long asked, long steps, long warmUp, long timed, long traced) {
        assertEquals(new StepProfile.Plan(warmUp, timed, traced), StepProfile.Plan.of(asked, steps));
    }

    @Test
    void warmUpAndPausesDoNotCount() {
        StepProfile profile = profile(2, 3);
        for (int i = 0; i < 8; i++) {
            step(profile, i < 2 ? 1000 : i < 5 ? 10 * (i - 1) : 5000);
        }
        profile.close();
        assertEquals(1, found.size(), "once");
        List<ProfileRow> rows = ProfileReport.rows(found.get(0));
        // Steps of 10, 20 and 30 ms per program: 40 of them on average, and 6 around.
        assertEquals(
                List.of(
                        new ProfileRow("step", "timed", 1, 46, 1),
                        new ProfileRow("phase", "wait", 1, 1, 1 / 46.0),
                        new ProfileRow("phase", "program", 2, 40, 40 / 46.0),
                        new ProfileRow("phase", "probe", 1, 2, 2 / 46.0),
                        new ProfileRow("phase", "files", 1, 3, 3 / 46.0)),
                rows.subList(0, 5));
        // The counter moves after a step ends here, so that the last of the three is not in yet.
        assertEquals(new ProfileRow("beside", "views", 1, 14 / 3.0, 14 / 3.0 / 46), rows.get(5));
        assertEquals(6, rows.size());
        assertEquals(15, found.get(0).timeline().size());
        assertEquals(0, found.get(0).timeline().get(0).startMicros());
        assertEquals(1000, found.get(0).timeline().get(0).micros());
        assertEquals(1000, found.get(0).timeline().get(1).startMicros());
        assertEquals("program", found.get(0).timeline().get(1).name());
    }

    @Test
    void aRunThatEndsInAStepKeepsTheWholeOnes() {
        StepProfile profile = profile(1, 10);
        for (int i = 0; i < 3; i++) {
            step(profile, 10);
        }
        phase(profile, StepPhase.WAIT, 999);
        profile.phase(StepPhase.PROGRAM);
        profile.close();
        List<ProfileRow> rows = ProfileReport.rows(found.get(0));
        assertEquals(2, found.get(0).timed().steps());
        assertEquals(26, rows.get(0).msPerStep());
        List<String> lines = ProfileReport.lines(rows, found.get(0), 10);
        assertTrue(
                lines.get(0).startsWith("profile: 2 steps timed, then 0 traced; the run has no 10 steps to time;"),
                lines.get(0));
    }

    @Test
    void aRunThatEndsBeforeTellsNothing() {
        StepProfile profile = profile(1, 10);
        step(profile, 10);
        profile.close();
        assertEquals(List.of(), found);
    }

    /** Shares of traced steps are of these, not of the timed ones. */
    @Test
    void functionsAndOperatorsAreOfTheTracedSteps() {
        StepProfile.Sums timed = new StepProfile.Sums();
        StepProfile.Sums one = new StepProfile.Sums();
        one.add(StepPhase.PROGRAM, 50_000_000);
        timed.addStep(one);
        StepProfile.Sums traced = new StepProfile.Sums();
        StepProfile.Sums slow = new StepProfile.Sums();
        slow.add(StepPhase.PROGRAM, 100_000_000);
        traced.addStep(slow);
        traced.addStep(slow);
        List<OperatorTrace.Event> events = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            events.add(new OperatorTrace.Event(OperatorTrace.Kind.FUNCTION, "step", i * 1e6, 80_000, 1));
            for (int op = 0; op < 20; op++) {
                events.add(new OperatorTrace.Event(
                        OperatorTrace.Kind.OPERATOR, "aten::op" + op, i * 1e6 + op * 2000, 1000 + op, 1));
            }
        }
        List<ProfileRow> rows = ProfileReport.rows(new StepProfile.Findings(timed, 0, traced, events, List.of()));
        assertEquals(new ProfileRow("step", "traced", 1, 100, 1), rows.get(3));
        assertEquals(new ProfileRow("function", "step", 1, 80, .8), rows.get(4));
        assertEquals("interpreter", rows.get(5).name());
        assertEquals(new ProfileRow("operator", "aten::op19", 1, 1.019, 1.019 / 100), rows.get(6));
        ProfileRow others = rows.get(20);
        assertEquals("others", others.name());
        assertEquals(6, others.callsPerStep());
        assertEquals((6 * 1000 + 15) / 1e3, others.msPerStep(), 1e-12);
        assertEquals(21, rows.size());
    }
}
