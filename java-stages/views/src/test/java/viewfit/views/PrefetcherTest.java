package viewfit.views;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PrefetcherTest {
    /** A worker that dies outside a picture must not leave its consumer waiting. */
    @Test
    @Timeout(value = 20, unit = TimeUnit.SECONDS)
    void whatEndsAWorkerReachesTheConsumer() {
        Error end = new LinkageError("a batch cannot begin");
        Prefetcher.Filler<int[]> filler = new Prefetcher.Filler<>() {
            @Override
            public void begin(int[] batch, long epoch, long stepInEpoch, int size) {
                throw end;
            }

            @Override
            public void fill(int[] batch, int position, int image, long epoch, Workbench bench) {}
        };
        StepPlan plan = StepPlan.inOrder(4, 2);
        for (int threads = 1; threads <= 2; threads++) {
            try (Prefetcher<int[]> loader =
                    new Prefetcher<>(plan, 0, 2, new LoaderOptions(2, 0, threads), () -> new int[2], filler)) {
                assertSame(end, assertThrows(LinkageError.class, loader::next));
            }
        }
    }
}
