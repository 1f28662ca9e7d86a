package viewfit.core.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import viewfit.core.recipe.CosineRecipe;
import viewfit.core.recipe.ExponentialRecipe;
import viewfit.core.recipe.MultistepRecipe;

/** Published values U1 to U9 and a naive twin; the golden suite has the values of the official code. */
class SchedulesTest {
    private static final int STEPS = 1251;

    private static Schedule official(double base, double last, double warmupStart, int warmupEpochs) {
        return Schedules.warmupCosine(base, last, 200L * STEPS, (long) warmupEpochs * STEPS, warmupStart);
    }

    @Test
    void u1ConvolutionalLearningRate() {
        Schedule lr = official(1.92, 0.0048, 0, 10);
        assertEquals(0, lr.at(0));
        assertEquals(1.534894876e-4, lr.at(1), 1e-13);
        assertEquals(1.92, lr.at(12509), 1e-12);
        assertEquals(1.92, lr.at(12510), 1e-12);
        assertEquals(1.041477981, lr.at(100L * STEPS), 1e-9);
        assertEquals(0.00480000008364, lr.at(200L * STEPS - 1), 1e-14);
    }

    @Test
    void u2ToU4OtherMethods() {
        Schedule swav = official(1.2, 0.0048, 0.075, 10);
        assertEquals(0.075, swav.at(0));
        assertEquals(1.2, swav.at(12509), 1e-12);
        assertEquals(0.0048000000522, swav.at(200L * STEPS - 1), 1e-13);
        Schedule vit = official(0.002, 1e-5, 0, 10);
        assertEquals(0.002, vit.at(12509), 1e-15);
        assertEquals(1.00000000869e-5, vit.at(200L * STEPS - 1), 1e-16);
        Schedule decay = Schedules.cosine(0.04, 0.4, 200L * STEPS);
        assertEquals(0.04, decay.at(0), 1e-15);
        assertEquals(0.22, decay.at(100L * STEPS), 1e-15);
        assertEquals(0.399999999986, decay.at(200L * STEPS - 1), 1e-12);
    }

    @Test
    void u5TeacherMomentum() {
        Schedule m = Schedules.cosine(0.996, 1, 200L * STEPS);
        assertEquals(0.996, m.at(0), 1e-15);
        assertEquals(0.998, m.at(100L * STEPS), 1e-15);
        assertTrue(1 - m.at(200L * STEPS - 1) < 2e-13);
    }

    @Test
    void u6TeacherTemperature() {
        Schedule w50 = Schedules.teacherTemperature(0.04, 0.07, 50);
        assertEquals(0.04, w50.at(0));
        assertEquals(0.0406122449, w50.at(1), 1e-10);
        assertEquals(0.0546938776, w50.at(24), 1e-10);
        assertEquals(0.07, w50.at(49), 1e-15);
        assertEquals(0.07, w50.at(199));
        Schedule w30 = Schedules.teacherTemperature(0.04, 0.07, 30);
        assertEquals(0.0410344828, w30.at(1), 1e-10);
        assertEquals(0.07, w30.at(29), 1e-15);
        assertEquals(0.05, Schedules.teacherTemperature(0.04, 0.05, 0).at(0));
        assertEquals(0.04, Schedules.teacherTemperature(0.04, 0.05, 1).at(0));
    }

    @Test
    void u7TinySchedule() {
        Schedule s = Schedules.warmupCosine(1, 0, 40, 8, 0);
        for (int k = 0; k < 8; k++) {
            assertEquals(k / 7.0, s.at(k), 1e-15);
        }
        assertEquals(1.0, s.at(8));
        assertEquals(0.9975923633, s.at(9), 1e-10);
        assertEquals(0.0024076367, s.at(39), 1e-10);
        assertThrows(IllegalArgumentException.class, () -> s.at(40));
        assertThrows(IllegalArgumentException.class, () -> s.at(-1));
    }

    @Test
    void u8ProbeIsHeldPerEpoch() {
        Schedule s = Schedules.heldPerEpoch(Schedules.cosine(0.8, 1e-6, 100 * 313), 313);
        for (int e : new int[] {0, 1, 50, 99}) {
            double expected = 1e-6 + 0.5 * (0.8 - 1e-6) * (1 + Math.cos(Math.PI * e / 100));
            assertEquals(expected, s.at(313L * e), 1e-15);
            assertEquals(expected, s.at(313L * e + 312), 1e-15);
        }
        assertEquals(
                0.12,
                Schedules.cosine(Schedules.scaleToBatch(0.03, 256, 1024), 1e-6, 780)
                        .at(0),
                1e-15);
    }

    /** The official way: fill one array, warm-up first. */
    private static List<Double> naive(double base, double last, int total, int warmup, double start) {
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < warmup; i++) {
            values.add(warmup == 1 ? start : start + i * (base - start) / (warmup - 1));
        }
        for (int t = 0; t < total - warmup; t++) {
            values.add(last + 0.5 * (base - last) * (1 + Math.cos(Math.PI * t / (total - warmup))));
        }
        return values;
    }

    @Test
    void agreesWithItsNaiveTwin() {
        for (int total : new int[] {1, 2, 7, 40}) {
            for (int warmup = 0; warmup <= total; warmup++) {
                List<Double> expected = naive(0.7, 0.01, total, warmup, 0.2);
                Schedule actual = Schedules.warmupCosine(0.7, 0.01, total, warmup, 0.2);
                for (int t = 0; t < total; t++) {
                    assertEquals(expected.get(t), actual.at(t), 1e-14, total + "/" + warmup + " at " + t);
                }
            }
        }
    }

    /** Recipe to values: 3 epochs of warm-up from .1 where there is one, 2 steps an epoch. */
    @Test
    void recipesNameTheirSchedule() {
        CosineRecipe perStep = new CosineRecipe("cosine", 3, .1, .01, false);
        assertValues(naive(.7, .01, 20, 6, .1), Schedules.learningRate(perStep, .7, 10, 2));
        Schedule held = Schedules.learningRate(new CosineRecipe("cosine", 0, 0, 0, true), .03, 200, 5);
        for (int epoch : new int[] {0, 1, 100, 199}) {
            double expected = .03 * .5 * (1 + Math.cos(Math.PI * epoch / 200));
            assertEquals(expected, held.at(5L * epoch), 1e-15);
            assertEquals(expected, held.at(5L * epoch + 4), 1e-15);
        }
        Schedule steps = Schedules.learningRate(new MultistepRecipe("multistep", 0, 0, List.of(30, 60), .1), .1, 90, 2);
        double[] levels = {.1, .1, .01, .01, .001, .001};
        int[] at = {0, 59, 60, 119, 120, 179};
        for (int i = 0; i < at.length; i++) {
            assertEquals(levels[i], steps.at(at[i]), 1e-15);
        }
        Schedule warm = Schedules.learningRate(new MultistepRecipe("multistep", 1, .02, List.of(2), .5), .1, 3, 3);
        assertValues(List.of(.02, .06, .1, .1, .1, .1, .05, .05, .05), warm);
        Schedule decaying = Schedules.learningRate(new ExponentialRecipe("exponential", 1, 0, .98), .045, 300, 2);
        assertEquals(0, decaying.at(0));
        assertEquals(.045, decaying.at(1));
        assertEquals(.045 * .98, decaying.at(2), 1e-15);
        assertEquals(.045 * .98, decaying.at(3), 1e-15);
        assertEquals(.045 * Math.pow(.98, 299), decaying.at(599), 1e-15);
    }

    private static void assertValues(List<Double> expected, Schedule actual) {
        for (int t = 0; t < expected.size(); t++) {
            assertEquals(expected.get(t), actual.at(t), 1e-14, "at " + t);
        }
        assertThrows(IllegalArgumentException.class, () -> actual.at(expected.size()));
    }

    @Test
    void refusesLengthsThatCannotBe() {
        assertThrows(IllegalArgumentException.class, () -> Schedules.warmupCosine(1, 0, 0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> Schedules.warmupCosine(1, 0, 4, 5, 0));
        assertThrows(IllegalArgumentException.class, () -> Schedules.multistep(1, 0.1, new int[] {3, 3}, 6, 4, 0, 0));
    }
}
