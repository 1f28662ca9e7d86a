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

    /** 10 s, 40 s and 70 s after the first step, and at the end. */
    @Test
    void printsSeldomAndAlwaysAtTheEnd() {
        ProgressLine line = new ProgressLine("pretrain dino", 2, out, () -> now);
        for (int step = 0; step < 80; step++) {
            now += SECOND;
            line.step(step / 40, step, 80, 7.2134, step < 20 ? "" : " of 8.318", 412.3, 0.04);
        }
        assertEquals(
                List.of(
                        "pretrain dino  epoch 1/2  step 11/80  loss 7.213  412 images/s  wait 4 %  eta 1m09s",
                        "pretrain dino  epoch 2/2  step 41/80  loss 7.213 of 8.318  412 images/s  wait 4 %  eta 39s",
                        "pretrain dino  epoch 2/2  step 71/80  loss 7.213 of 8.318  412 images/s  wait 4 %  eta 9s",
                        "pretrain dino  epoch 2/2  step 80/80  loss 7.213 of 8.318  412 images/s  wait 4 %  eta 0s"),
                lines());
        assertFalse(bytes.toString(StandardCharsets.UTF_8).contains("\r"));
    }

    /** Steps of a minute: one line each, but for the first, which cannot tell how long one takes. */
    @Test
    void slowStepsAreToldOneByOne() {
        ProgressLine line = new ProgressLine("p", 1, out, () -> now);
        for (int step = 0; step < 3; step++) {
            now += 60 * SECOND;
            line.step(0, step, 3, 1, "", 2.04, 0);
        }
        assertEquals(
                List.of(
                        "p  epoch 1/1  step 2/3  loss 1.000  2.0 images/s  wait 0 %  eta 1m00s",
                        "p  epoch 1/1  step 3/3  loss 1.000  2.0 images/s  wait 0 %  eta 0s"),
                lines());
    }

    @Test
    void oneStepGivesNoTimeThatIsLeft() {
        now = 100 * SECOND;
        new ProgressLine("p", 1, out, () -> now).step(0, 7, 8, 1, "", 64, 0);
        assertEquals(List.of("p  epoch 1/1  step 8/8  loss 1.000  64 images/s  wait 0 %"), lines());
    }

    /** Steps are read ten at a time, every four seconds, and told a millisecond apart: .4 s for each of the 69 that are left. */
    @Test
    void stepsThatAreToldTogetherAreCountedRightly() {
        ProgressLine line = new ProgressLine("p", 1, out, () -> now);
        now += 700 * SECOND;
        for (int step = 0; step < 50; step++) {
            now += step % 10 == 0 ? 4 * SECOND - 9 * SECOND / 1000 : SECOND / 1000;
            line.step(0, step, 100, 1, "", 64, 0);
        }
        assertEquals(List.of("p  epoch 1/1  step 31/100  loss 1.000  64 images/s  wait 0 %  eta 28s"), lines());
    }

    /** Ten images in two seconds and ten in ten, nine of them waiting, are 20 in twelve. */
    @Test
    void speedAndWaitAreMeansOverTime() {
        ProgressLine line = new ProgressLine("p", 1, out, () -> now);
        now += 2 * SECOND;
        line.step(0, 0, 9, 1, "", 5, 0);
        now += 10 * SECOND;
        line.step(0, 1, 9, 1, "", 1, .9);
        assertEquals(List.of("p  epoch 1/1  step 2/9  loss 1.000  1.7 images/s  wait 75 %  eta 1m10s"), lines());
    }

    /** What was done before the process began takes no part in the time that is left, and neither does its start. */
    @Test
    void aRunThatGoesOnCountsItsOwnSteps() {
        ProgressLine line = new ProgressLine("p", 10, out, () -> now);
        now += 500 * SECOND;
        line.step(8, 800, 1000, 1, "", 64, 0);
        now += 100 * SECOND;
        line.step(9, 900, 1000, 1, "", 64, 0);
        now += 10 * SECOND;
        line.step(9, 990, 1000, 1, "", 64, 0);
        now += SECOND;
        line.step(9, 999, 1000, 1, "", 64, 0);
        assertEquals("p  epoch 10/10  step 901/1000  loss 1.000  64 images/s  wait 0 %  eta 1m39s", lines().get(0));
        assertEquals(2, lines().size());
    }

    /** The monitor's images have a time of their own. */
    @Test
    void imagesBetweenStepsDisturbNoStep() {
        ProgressLine line = new ProgressLine("p", 1, out, () -> now);
        for (int step = 0; step < 3; step++) {
            line.step(0, step, 4, 1, "", 64, 0);
            now += 40 * SECOND;
            for (int count = 200; count <= 400; count += 200) {
                line.images("features", count, 600);
                now += 40 * SECOND;
            }
        }
        assertEquals(
                List.of(
                        "p  features  400/600  5 images/s  eta 40s",
                        "p  epoch 1/1  step 2/4  loss 1.000  64 images/s  wait 0 %  eta 4m00s",
                        "p  features  400/600  5 images/s  eta 40s",
                        "p  epoch 1/1  step 3/4  loss 1.000  64 images/s  wait 0 %  eta 2m00s",
                        "p  features  400/600  5 images/s  eta 40s"),
                lines());
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
