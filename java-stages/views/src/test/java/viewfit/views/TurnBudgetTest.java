package viewfit.views;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TurnBudgetTest {
    private static final int PIECES = 200;
    private static final long MOST = 10;

    /** Every third piece is longer than the whole budget, and asks in two parts. */
    private static long bytes(int piece) {
        return piece % 3 == 0 ? 25 : 4;
    }

    @Test
    void neverMoreThanTheBudgetAndOnePieceAndNoPieceWaitsForEver() throws Exception {
        TurnBudget budget = new TurnBudget(MOST);
        AtomicLong held = new AtomicLong();
        AtomicLong peak = new AtomicLong();
        ExecutorService workers = Executors.newFixedThreadPool(7);
        try {
            List<Future<Long>> made = new ArrayList<>();
            for (int i = 0; i < PIECES; i++) {
                int piece = i;
                made.add(workers.submit(() -> {
                    budget.take(piece, 1);
                    budget.take(piece, bytes(piece) - 1);
                    peak.accumulateAndGet(held.addAndGet(bytes(piece)), Math::max);
                    return bytes(piece);
                }));
            }
            for (Future<Long> future : made) {
                long bytes = future.get();
                held.addAndGet(-bytes);
                budget.next(bytes);
            }
        } finally {
            workers.shutdownNow();
            assertTrue(workers.awaitTermination(10, TimeUnit.SECONDS));
        }
        assertEquals(0, held.get());
        assertTrue(peak.get() > MOST, "no piece longer than the budget was done");
        assertTrue(peak.get() <= MOST + 25, "held " + peak.get());
    }
}
