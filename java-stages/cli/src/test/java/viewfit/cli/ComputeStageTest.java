package viewfit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComputeStageTest {
    @ParameterizedTest
    @CsvSource({"0, 1, false, 1", "0, 2, false, 1", "0, 9, false, 4", "0, 9, true, 9", "3, 1, false, 3", "3, 8, true, 3"
    })
    void halfOfTheThreadsPrepareAndAllBesideAGpu(int asked, int threads, boolean gpu, int workers) {
        assertEquals(workers, ComputeStage.workers(asked, threads, gpu));
    }
}
