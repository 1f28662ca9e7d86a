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
import viewfit.engine.TorchRuntime;

/** A run that stands still is noticed, one that is slow or rests is not. */
@Timeout(120)
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
                                    + " what the threads were at is in .*threads\\.txt; run again"),
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

    /** A training run is watched: under a rule that no step can keep it is given up, and its threads are written down. */
    @Test
    void aRunIsWatched() throws Exception {
        var job = new Pretrainer.Job(
                TinyRecipes.of("supervised", "mobilenet_v2", 1, 4, false),
                TwoClasses.manifest(0, 6),
                null,
                "m".repeat(64),
                TwoClasses.IMAGES,
                folder.resolve("out"),
                "c",
                1,
                StartWeights.none());
        Watchdog.Rule hasty = new Watchdog.Rule(0, Duration.ofMillis(1), words::add);
        try (TorchRuntime runtime = TorchRuntime.open("cpu", 1)) {
            Pretrainer.run(runtime, job, 0, new RunControl(null, Duration.ofDays(1), () -> "", hasty));
        }
        String line = words.poll(20, TimeUnit.SECONDS);
        assertTrue(line != null && line.startsWith("step 0: found none done in "), line);
        String threads = Files.readString(folder.resolve("out/threads.txt"));
        assertTrue(threads.contains("viewfit.ssl.Pretrainer.step("), threads);
    }
}
