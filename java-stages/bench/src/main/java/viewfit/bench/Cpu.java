package viewfit.bench;

import java.lang.management.ManagementFactory;

/** Processor time of this whole process: all threads, garbage collection and compilation included. */
final class Cpu {
    private static final com.sun.management.OperatingSystemMXBean SYSTEM =
            (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private Cpu() {}

    /** Milliseconds of processor time so far. */
    static double millis() {
        return SYSTEM.getProcessCpuTime() / 1e6;
    }
}
