package viewfit.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of this whole process as the system counts it. */
final class Memory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private Memory() {}

    /** KiB of the resident set now, 0 where the system does not say. */
    static long resident() throws IOException {
        return entry("VmRSS:");
    }

    /** KiB of the largest resident set so far, 0 where the system does not say. */
    static long peak() throws IOException {
        return entry("VmHWM:");
    }

    private static long entry(String name) throws IOException {
        if (!Files.exists(STATUS)) {
            return 0;
        }
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }
}
