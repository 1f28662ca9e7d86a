package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run that stands still is noticed, one that is slow or rests is not. */
@Timeout(60)
class WatchdogTest {
    @TempDir
    Path folder;

    private final BlockingQueue<String> words = new LinkedBlockingQueue<>();

    private Watchdog dog(double times, long leastMillis) {
        Watchdog.Rule rule = new Watchdog.Rule(times, Duration.ofMillis(leastMillis), words::add);
        return new Watchdog(rule, folder.resolve("threads.txt"));
    }

    @Test
    void aStepThatNeverEndsIsToldOfWithWhatAllThreadsAreAt() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Thread stuck = new Thread(
                () -> {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "views-7");
        stuck.start();
        try (Watchdog dog = dog(50, 300)) {
            dog.begin();
            dog.end();
            dog.begin();
            String line = words.poll(20, TimeUnit.SECONDS);
            assertTrue(
                    line != null
                            && line.matches("step 1: found none done in \\d+\\.\\d s: must take less than \\d+\\.\\d s;"
                                    + " what the threads were at is in .*threads\\.txt; run again to go on"),
                    line);
            String threads = Files.readString(folder.resolve("threads.txt"));
            assertTrue(threads.contains("\"views-7\" WAITING on java.util.concurrent.CountDownLatch"), threads);
            assertTrue(threads.contains("WatchdogTest.lambda$"), "the whole stack");
        } finally {
            never.countDown();
            stuck.join();
        }
    }

    /** Fifty times the usual step, whatever the least. */
    @Test
    void slowStepsGiveEachOtherTime() throws Exception {
        try (Watchdog dog = dog(50, 1)) {
            for (int i = 0; i < 2; i++) {
                Thread.sleep(1);
                synchronized (dog) { // the first step has no other to go by
                    dog.begin();
                    Thread.sleep(40);
                    dog.end();
                }
            }
            dog.begin();
            assertNull(words.poll(600, TimeUnit.MILLISECONDS), "15 times the usual");
            dog.end();
        }
    }

    @Test
    void betweenStepsNothingIsExpected() throws Exception {
        try (Watchdog dog = dog(1, 50)) {
            dog.begin();
            dog.end();
            assertNull(words.poll(500, TimeUnit.MILLISECONDS));
        }
        assertEquals(0, words.size());
    }
}
