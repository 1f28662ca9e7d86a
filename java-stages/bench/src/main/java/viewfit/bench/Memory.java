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
        return entry(STATUS, "VmRSS:");
    }

    /** KiB of the largest resident set so far, 0 where the system does not say. */
    static long peak() throws IOException {
        return entry(STATUS, "VmHWM:");
    }

    /** The same of another process; 0 when it has ended. */
    static long peak(long process) {
        try {
            return entry(Path.of("/proc", Long.toString(process), "status"), "VmHWM:");
        } catch (IOException ended) {
            return 0;
        }
    }

    private static long entry(Path status, String name) throws IOException {
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }
}
