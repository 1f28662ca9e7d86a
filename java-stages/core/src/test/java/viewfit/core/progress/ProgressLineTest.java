package viewfit.core.progress;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private long now;

    @Test
    void printsSeldomAndAlwaysAtTheEnd() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        ProgressLine line = new ProgressLine("pretrain dino", 2, 10, 5, out, () -> now);
        for (int step = 0; step < 10; step++) {
            now += 1_000_000_000L;
            if (step < 5) {
                line.step(step / 5, step, 7.2134, 412.3);
            } else {
                line.step(step / 5, step, 7.2134, " of 8.318", 412.3);
            }
        }
        assertEquals(
                List.of(
                        "pretrain dino  ep 1/2  step 1/10  loss 7.213  412 img/s  eta 9s",
                        "pretrain dino  ep 2/2  step 6/10  loss 7.213 of 8.318  412 img/s  eta 4s",
                        "pretrain dino  ep 2/2  step 10/10  loss 7.213 of 8.318  412 img/s  eta 0s"),
                bytes.toString(StandardCharsets.UTF_8).lines().toList());
    }

    @Test
    void durationsAreShort() {
        assertEquals("12s", ProgressLine.duration(12));
        assertEquals("3m05s", ProgressLine.duration(185));
        assertEquals("2h14m", ProgressLine.duration(2 * 3600 + 14 * 60 + 59));
    }
}
