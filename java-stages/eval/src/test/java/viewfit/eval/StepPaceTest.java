package viewfit.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class StepPaceTest {
    private long now = 5_000_000_000L;
    private long waited = 700;

    @Test
    void aStepIsWhatLiesBetweenTwoEnds() {
        StepPace pace = new StepPace(3, 4, () -> now, () -> waited);
        pace.begin();
        now += 2_000_000_000L;
        waited += 500_000_000L;
        assertEquals(new EvalStep(1, 4, 12, 0.5, 16, 0.25), pace.step(1, 0, 32, 0.5));
        now += 1_000_000_000L;
        assertEquals(new EvalStep(1, 5, 12, 0.25, 32, 0), pace.step(1, 1, 32, 0.25));
        // Held-out images are scored, waiting for them too.
        now += 9_000_000_000L;
        waited += 9_000_000_000L;
        pace.begin();
        now += 500_000_000L;
        assertEquals(new EvalStep(2, 8, 12, 1, 64, 0), pace.step(2, 0, 32, 1));
    }
}
