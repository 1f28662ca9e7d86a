package viewfit.core.progress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private static final long SECOND = 1_000_000_000L;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private long now;

    private List<String> lines() {
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** After 10 s, 40 s, 70 s and at the end. */
    @Test
    void printsSeldomAndAlwaysAtTheEnd() {
        ProgressLine line = new ProgressLine("pretrain dino", 2, out, () -> now);
        for (int step = 0; step < 80; step++) {
            now += SECOND;
            line.step(step / 40, step, 80, 7.2134, step < 20 ? "" : " of 8.318", 412.3, 0.04);
        }
        assertEquals(
                List.of(
                        "pretrain dino  epoch 1/2  step 10/80  loss 7.213  412 images/s  wait 4 %  eta 1m10s",
                        "pretrain dino  epoch 1/2  step 40/80  loss 7.213 of 8.318  412 images/s  wait 4 %  eta 40s",
                        "pretrain dino  epoch 2/2  step 70/80  loss 7.213 of 8.318  412 images/s  wait 4 %  eta 10s",
                        "pretrain dino  epoch 2/2  step 80/80  loss 7.213 of 8.318  412 images/s  wait 4 %  eta 0s"),
                lines());
        assertFalse(bytes.toString(StandardCharsets.UTF_8).contains("\r"));
    }

    /** Steps of a minute: one line each. */
    @Test
    void slowStepsAreToldOneByOne() {
        ProgressLine line = new ProgressLine("p", 1, out, () -> now);
        for (int step = 0; step < 3; step++) {
            now += 60 * SECOND;
            line.step(0, step, 3, 1, "", 2.04, 0);
        }
        assertEquals(3, lines().size());
        assertEquals("p  epoch 1/1  step 1/3  loss 1.000  2.0 images/s  wait 0 %  eta 2m00s", lines().get(0));
    }

    /** Ten images in a second and ten in nine, eight of them waiting, are 20 in ten. */
    @Test
    void speedAndWaitAreMeansOverTime() {
        ProgressLine line = new ProgressLine("p", 1, out, () -> now);
        now += SECOND;
        line.step(0, 0, 9, 1, "", 10, 0);
        now += 9 * SECOND;
        line.step(0, 1, 9, 1, "", 10.0 / 9, 8.0 / 9);
        assertEquals(List.of("p  epoch 1/1  step 2/9  loss 1.000  2.0 images/s  wait 80 %  eta 1m03s"), lines());
    }

    /** What was done before the process began takes no part in the time that is left, and neither does its start. */
    @Test
    void aRunThatGoesOnCountsItsOwnSteps() {
        ProgressLine line = new ProgressLine("p", 10, out, () -> now);
        now += 500 * SECOND;
        line.step(8, 800, 1000, 1, "", 64, 0);
        now += 100 * SECOND;
        line.step(9, 900, 1000, 1, "", 64, 0);
        assertEquals("p  epoch 10/10  step 901/1000  loss 1.000  64 images/s  wait 0 %  eta 1m39s", lines().get(1));
    }

    /** Ten a second; the second kind of images begins anew. */
    @Test
    void imagesAreCounted() {
        ProgressLine line = new ProgressLine("p", 1, out, () -> now);
        for (int count = 10; count <= 410; count += 10) {
            line.images("features of train", count, 410);
            now += SECOND;
        }
        line.images("features of held-out", 128, 256);
        now += 30 * SECOND;
        line.images("features of held-out", 256, 256);
        assertEquals(
                List.of(
                        "p  features of train  110/410  10 images/s  eta 30s",
                        "p  features of train  410/410  10 images/s  eta 0s",
                        "p  features of held-out  256/256  4 images/s  eta 0s"),
                lines());
    }

    @Test
    void durationsAreShort() {
        assertEquals("12s", ProgressLine.duration(12));
        assertEquals("3m05s", ProgressLine.duration(185));
        assertEquals("2h14m", ProgressLine.duration(2 * 3600 + 14 * 60 + 59));
        assertEquals("3d04h", ProgressLine.duration(3 * 86_400 + 4 * 3600 + 60));
    }
}
