package viewfit.core.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Map;
import viewfit.checks.GoldenCheck;
import viewfit.checks.GoldenTheme;
import viewfit.goldens.GoldenCase;

/** Section 5: learning rates, momenta, decays and temperatures in float64. */
public final class ScheduleGoldens implements GoldenTheme {
    @Override
    public Map<String, GoldenCheck> checks() {
        return Map.of(
                "cosine_schedule", c -> check(c, cosine(c)),
                "multistep_schedule", c -> check(c, multistep(c)),
                "teacher_temp_schedule", c -> check(c, teacherTemperature(c)));
    }

    private static Schedule cosine(GoldenCase c) {
        long steps = c.hyper("niter").asLong();
        return Schedules.warmupCosine(
                c.hyper("base").asDouble(),
                c.hyper("final").asDouble(),
                c.hyper("epochs").asLong() * steps,
                c.hyper("warmup").asLong() * steps,
                c.hyper("start").asDouble());
    }

    private static Schedule multistep(GoldenCase c) {
        long steps = c.hyper("niter").asLong();
        return Schedules.multistep(
                c.hyper("base").asDouble(),
                c.hyper("gamma").asDouble(),
                Arrays.stream(GoldenCase.longs(c.hyper("milestones")))
                        .mapToInt(Math::toIntExact)
                        .toArray(),
                c.hyper("epochs").asLong(),
                steps,
                c.hyper("warmup").asLong() * steps,
                c.hyper("start").asDouble());
    }

    private static Schedule teacherTemperature(GoldenCase c) {
        assertEquals(c.hyper("total_epochs").asLong(), c.get("length").asLong());
        return Schedules.teacherTemperature(
                c.hyper("warmup_teacher_temp").asDouble(),
                c.hyper("teacher_temp").asDouble(),
                c.hyper("warmup_epochs").asInt());
    }

    private static void check(GoldenCase c, Schedule schedule) {
        JsonNode tolerance = c.get("tol");
        double rtol = GoldenCase.number(tolerance.get("rtol"));
        double atol = GoldenCase.number(tolerance.get("atol"));
        JsonNode index = c.get("index");
        assertTrue(!index.isEmpty(), "no values");
        assertEquals(index.size(), c.get("value_f64").size());
        for (int i = 0; i < index.size(); i++) {
            double expected = GoldenCase.number(c.get("value_f64").get(i));
            double actual = schedule.at(index.get(i).asLong());
            assertEquals(expected, actual, atol + rtol * Math.abs(expected), "at " + index.get(i));
        }
        if (c.json().has("sum")) {
            long length = c.get("length").asLong();
            double sum = 0;
            for (long t = 0; t < length; t++) {
                sum += schedule.at(t);
            }
            double expected = GoldenCase.number(c.get("sum"));
            // The reference adds float64 numbers in its own order.
            assertEquals(expected, sum, 1e-9 * Math.abs(expected), "sum");
        }
    }
}
