package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import viewfit.core.contract.StageFailure;
import viewfit.core.metrics.CurveRow;
import viewfit.core.metrics.MonitorRow;
import viewfit.core.recipe.PretrainRecipe;

/** What TensorBoard is given of a run. */
class EventLogTest extends InterruptedRuns {
    private static final int BATCH = 4;

    private final PretrainRecipe recipe = recipe("dino", "mobilenet_v2");

    private void attempt(String out, Duration every, Supplier<String> stop) {
        try (StateFolder states = StateFolder.open(folder.resolve("states"), 2, said::add)) {
            RunControl control = new RunControl(states, every, stop, Watchdog.Rule.NEVER, true, 0);
            Pretrainer.run(runtime, job(recipe, out, 1), 0, control);
        }
    }

    /** The only file of events of a run. */
    private Path file(String out) throws IOException {
        try (Stream<Path> all = Files.list(folder.resolve(out).resolve("tensorboard"))) {
            List<Path> files = all.toList();
            assertEquals(1, files.size(), files.toString());
            String name = files.get(0).getFileName().toString();
            assertTrue(name.matches("events\\.out\\.tfevents\\.[0-9]{10}\\.[0-9]{3}\\.viewfit"), name);
            return files.get(0);
        }
    }

    private List<Events.Event> events(String out) throws IOException {
        return Events.read(bytes(file(out)));
    }

    /** All but the times: of the events, and the two columns of the clock. */
    private List<String> timeless(String out) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Events.Event event : events(out)) {
            Map<String, Float> scalars = new LinkedHashMap<>(event.scalars());
            scalars.remove("curve/images_per_second");
            scalars.remove("curve/data_wait_share");
            lines.add(event.step() + " " + scalars + " " + event.pictures().keySet());
        }
        return lines;
    }

    @Test
    void theNumbersAreThoseOfTheTables() throws IOException {
        attempt("out", NEVER, () -> "");
        Path out = folder.resolve("out");
        List<CurveRow> curve = RunRecord.CURVE.read(out.resolve("curve.csv")).rows();
        List<MonitorRow> monitor =
                RunRecord.MONITOR.read(out.resolve("monitor.csv")).rows();
        List<Events.Event> events = events("out");
        assertEquals(2 + curve.size() + monitor.size(), events.size());
        assertArrayEquals(
                Files.readAllBytes(out.resolve("views.png")),
                events.get(1).pictures().get("views"));

        List<Events.Event> steps = events.stream()
                .filter(e -> e.scalars().containsKey("curve/loss"))
                .toList();
        for (int i = 0; i < curve.size(); i++) {
            CurveRow row = curve.get(i);
            Map<String, Float> found = steps.get(i).scalars();
            assertEquals(row.step(), steps.get(i).step());
            assertEquals((float) row.loss(), found.get("curve/loss"));
            assertEquals((float) row.lr(), found.get("curve/lr"));
            assertEquals((float) row.teacherEntropy(), found.get("curve/teacher_entropy"));
            assertEquals((float) row.imagesPerSecond(), found.get("curve/images_per_second"));
            assertFalse(found.containsKey("curve/top1"), "DINO does not measure it");
            assertFalse(found.containsKey("curve/step"));
            if (i > 0) {
                // Doubles of seconds since 1970 are good to a quarter of a microsecond; a step takes milliseconds.
                double spent = steps.get(i).wallTime() - steps.get(i - 1).wallTime();
                assertEquals(BATCH / row.imagesPerSecond(), spent, 2e-6);
            }
        }
        List<Events.Event> looks = events.stream()
                .filter(e -> e.scalars().containsKey("monitor/knn_student"))
                .toList();
        assertEquals(
                monitor.stream().map(MonitorRow::step).toList(),
                looks.stream().map(Events.Event::step).toList());
        assertEquals((float) monitor.get(1).knnTeacher(), looks.get(1).scalars().get("monitor/knn_teacher"));
        assertEquals(events.indexOf(looks.get(0)) + 1, events.indexOf(steps.get(0)), "the untrained network first");
    }

    /** Stopped, killed with a torn record, in the same folder and in another: every step is there once. */
    @Test
    void aRunThatGoesOnLacksNothingAndHasNothingTwice() throws IOException {
        Pretrainer.run(
                runtime,
                job(recipe, "whole", 1),
                0,
                new RunControl(null, NEVER, () -> "", Watchdog.Rule.NEVER, true, 0));
        assertThrows(StageFailure.class, () -> attempt("out", NEVER, after(6)));
        assertFalse(Files.exists(folder.resolve("out/tensorboard")), "outputs of a run that was stopped are removed");
        assertThrows(Killed.class, () -> attempt("out", OFTEN, killedAfter(3)));
        int before = events("out").size();
        assertTrue(before > 5 && before < events("whole").size(), before + " events");
        Path killed = file("out");
        Files.write(killed, new byte[] {9, 9, 9}, StandardOpenOption.APPEND);
        assertThrows(Killed.class, () -> attempt("out", OFTEN, killedAfter(2)));
        // TensorBoard 2.21 at work does not open a file again whose name it knows, and reads files in the order of
        // names.
        assertTrue(killed.compareTo(file("out")) < 0, killed + " and " + file("out"));
        attempt("another", NEVER, () -> "");
        assertEquals(timeless("whole"), timeless("another"));
    }

    @Test
    void aRunThatWasNotAskedLeavesNone() {
        attempt("out", NEVER, () -> "");
        run(recipe, "out", 1, NEVER, () -> "");
        assertFalse(Files.exists(folder.resolve("out/tensorboard")));
    }
}
