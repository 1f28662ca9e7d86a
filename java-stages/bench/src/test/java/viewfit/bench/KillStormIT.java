package viewfit.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short storm; {@code java-stages/bench/run kill-storm} is the long one. */
class KillStormIT {
    private static final int CYCLES = 20;

    @TempDir
    private Path folder;

    @Test
    void runsThatAreStruckEndAsThoseThatAreNot() throws Exception {
        KillStorm.Outcome outcome = new KillStorm(folder, 1, System.out::println).run(CYCLES);
        assertEquals(List.of(), outcome.problems());
        assertEquals(CYCLES, outcome.cycles());
        assertTrue(outcome.kills() >= 5 && outcome.terms() >= 5, outcome.toString());
        assertTrue(outcome.resumed() >= 5, outcome.toString());
    }
}
