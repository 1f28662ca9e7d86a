package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.opentest4j.AssertionFailedError;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/**
 * Gives a reader damaged files. It must read them, or refuse each with one line that names the file and a code that says that the
 * input is at fault: no other exception, no endless loop, no memory out of proportion.
 */
public final class Fuzz {
    private static final Set<ExitCode> CODES = Set.of(ExitCode.BAD_DATA, ExitCode.NO_INPUT, ExitCode.BAD_RECIPE);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PATIENCE_WITH_ALL = Duration.ofMinutes(2);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int SHOWN = 12;

    private final Path folder;
    private final String file;
    private final byte[] whole;
    private int[] borders = {};
    private boolean sealed;
    private boolean list;
    private long mostBytes = 64L << 20;
    private int every = 1;
    private String named;

    /** What reads a file; the answer is what was read, as far as a sealed file must not change it. */
    @FunctionalInterface
    public interface Reader {
        Object read(Path file) throws IOException;
    }

    private Fuzz(Path folder, String file, byte[] whole) {
        this.folder = folder;
        this.file = file;
        this.whole = whole;
        this.named = ".*" + Pattern.quote(file) + ".*";
    }

    /**
     * Prepares a file.
     *
     * @param folder where the damaged ones are put, each in a folder of its own
     * @param file their name
     * @param whole what is damaged
     */
    public static Fuzz of(Path folder, String file, byte[] whole) {
        return new Fuzz(folder, file, whole);
    }

    /** As {@link #of(Path, String, byte[])}, with the content of a file. */
    public static Fuzz of(Path folder, Path whole) {
        return of(folder, String.valueOf(whole.getFileName()), bytes(whole));
    }

    /** Places where one part of the file ends and another begins. */
    public Fuzz borders(int... places) {
        borders = places;
        return this;
    }

    /** A border at every so many bytes. */
    public Fuzz blocks(int bytes) {
        return borders(
                IntStream.range(1, whole.length / bytes).map(i -> i * bytes).toArray());
    }

    /** A border at each of these bytes. */
    public Fuzz marks(String ascii) {
        byte[] mark = ascii.getBytes(StandardCharsets.ISO_8859_1);
        return borders(IntStream.range(1, whole.length - mark.length)
                .filter(i -> java.util.Arrays.equals(whole, i, i + mark.length, mark, 0, mark.length))
                .toArray());
    }

    /** No damage may pass: what is read at all is what was written. */
    public Fuzz sealed() {
        sealed = true;
        return this;
    }

    /** The reader lists all problems, a line each. */
    public Fuzz list() {
        list = true;
        return this;
    }

    /** What a message must match, where it names a part of the file and not the file. */
    public Fuzz named(String pattern) {
        named = pattern;
        return this;
    }

    /** Tries one damage of so many only, where reading takes long. */
    public Fuzz every(int times) {
        every = times;
        return this;
    }

    /** Bytes of heap that a reader may take in all. */
    public Fuzz most(long bytes) {
        mostBytes = bytes;
        return this;
    }

    /** Counts of files that were read and refused. */
    public record Outcome(int read, int refused) {}

    /** Reads the whole file, then each damaged one; fails with the first few that went wrong. */
    public Outcome run(Reader reader) {
        List<String> wrong = new ArrayList<>();
        int[] counts = new int[2];
        int[] number = {0};
        String[] current = {"the whole file"};
        assertTimeoutPreemptively(
                PATIENCE_WITH_ALL,
                () -> {
                    Object expected = attempt(new Mutations.Mutation("whole", whole), 0, reader);
                    Mutations.each(file, whole, borders, mutation -> {
                        if (++number[0] % every == 0) {
                            current[0] = mutation.name();
                            one(mutation, number[0], reader, expected, counts, wrong);
                        }
                    });
                },
                () -> file + ": no end after " + current[0]);
        assertTrue(
                wrong.isEmpty(),
                () -> file + ": " + wrong.size() + " of " + number[0] + ":\n"
                        + String.join("\n", wrong.subList(0, Math.min(SHOWN, wrong.size()))));
        assertTrue(counts[1] > 0, file + ": nothing was refused");
        return new Outcome(counts[0], counts[1]);
    }

    /** Counts what becomes of one damaged file, or adds what is wrong with that. */
    private void one(
            Mutations.Mutation mutation, int number, Reader reader, Object expected, int[] counts, List<String> wrong) {
        try {
            Object found = attempt(mutation, number, reader);
            if (sealed) {
                assertEquals(expected, found, "passed, although sealed");
            }
            counts[0]++;
        } catch (StageFailure e) {
            counts[1]++;
            try {
                require(e);
            } catch (AssertionFailedError problem) {
                wrong.add(mutation.name() + ": " + problem.getMessage());
            }
        } catch (AssertionError | RuntimeException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            List<StackTraceElement> at = List.of(cause.getStackTrace());
            wrong.add(mutation.name() + ": " + cause + " at " + at.subList(0, Math.min(6, at.size())));
        }
    }

    /** The file gets a new place each time: what is mapped of another stays as it was. */
    private Object attempt(Mutations.Mutation mutation, int number, Reader reader) {
        try {
            Path own = Files.createDirectories(folder.resolve(file + "-" + number));
            return measured(Files.write(own.resolve(file), mutation.bytes()), reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Object measured(Path path, Reader reader) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        Object result = null;
        StageFailure refused = null;
        try {
            result = reader.read(path);
        } catch (StageFailure e) {
            refused = e;
        } catch (Exception | StackOverflowError | OutOfMemoryError e) {
            throw new AssertionFailedError("no verdict", e);
        }
        long taken = THREADS.getCurrentThreadAllocatedBytes() - before;
        long nanos = System.nanoTime() - start;
        String then = refused == null ? "" : ", then " + refused.getMessage();
        assertTrue(taken <= mostBytes, () -> taken + " bytes taken" + then);
        assertTrue(nanos <= PATIENCE.toNanos(), () -> nanos + " ns taken" + then);
        if (refused != null) {
            throw refused;
        }
        return Objects.requireNonNullElse(result, "nothing");
    }

    private void require(StageFailure e) {
        String message = String.valueOf(e.getMessage());
        assertTrue(CODES.contains(e.exitCode()), () -> e.exitCode() + " for " + message);
        List<String> lines = message.lines().toList();
        assertTrue(list || lines.size() == 1, () -> lines.size() + " lines: " + message);
        for (String line : lines) {
            assertTrue(line.matches(named), () -> "no file name: " + line);
            assertTrue(line.chars().noneMatch(Character::isISOControl), () -> "control characters: " + line);
        }
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
