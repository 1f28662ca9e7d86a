package viewfit.ssl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

    /** A network disk that no longer answers: files that open and never end. */
    @Test
    void aRunWhoseImagesNeverComeIsGivenUp() throws Exception {
        Path images = folder.resolve("images");
        int each = 20;
        var manifest = TwoClasses.manifest(0, each);
        for (var row : manifest.rows()) {
            Path copy = images.resolve(row.path());
            Files.createDirectories(copy.getParent());
            Files.copy(TwoClasses.IMAGES.resolve(row.path()), copy);
        }
        List<Path> files =
                manifest.rows().stream().map(row -> images.resolve(row.path())).toList();
        var recipe = TinyRecipes.of("supervised", "mobilenet_v2", 1, 2, false);
        var job = new Pretrainer.Job(
                recipe, manifest, null, "m".repeat(64), images, folder.resolve("out"), "c", 1, StartWeights.none());
        int[] asked = {0};
        RunControl control = new RunControl(
                null,
                Duration.ofDays(1),
                () -> {
                    if (asked[0]++ == 0) {
                        pipes(files);
                    }
                    return "";
                },
                new Watchdog.Rule(3, Duration.ofSeconds(3), words::add));
        Thread run = new Thread(() -> {
            try (TorchRuntime runtime = TorchRuntime.open("cpu", 1)) {
                Pretrainer.run(runtime, job, 0, control);
            } catch (RuntimeException e) {
                words.add("ended: " + e.getMessage());
            }
        });
        run.start();
        try {
            String line = words.poll(40, TimeUnit.SECONDS);
            assertTrue(line != null && line.contains(": found none done in "), line);
            assertTrue(Files.readString(folder.resolve("out/threads.txt")).contains(".views."), "where it waits");
        } finally {
            while (run.isAlive()) {
                for (Path file : files) {
                    // Open for both never blocks; the end of the pipe frees whoever reads.
                    new RandomAccessFile(file.toFile(), "rw").close();
                }
                run.join(100);
            }
        }
    }

    private static void pipes(List<Path> files) {
        try {
            List<String> command = new ArrayList<>(List.of("mkfifo"));
            for (Path file : files) {
                Files.delete(file);
                command.add(file.toString());
            }
            if (new ProcessBuilder(command).start().waitFor() != 0) {
                throw new IllegalStateException(command.toString());
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
