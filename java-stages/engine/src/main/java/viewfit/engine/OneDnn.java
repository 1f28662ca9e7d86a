package viewfit.engine;

import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Keeps oneDNN from kernels that it plans wrongly. It works out their blocking from the sizes of the caches, which it asks of the
 * processor itself. Some virtual machines on processors of AMD do not pass that on, and oneDNN 3.7.1 takes them to have one byte; with
 * AVX-512 the features of a ResNet then depended on the number of pictures by several percent. Told that the caches are unknown
 * ({@link OneDnnCaches}) it takes usual sizes. Where it cannot be told, it is held to AVX2, whose kernels are right nevertheless.
 */
final class OneDnn {
    /** Environment variable of oneDNN: the latest instructions that it may use. */
    static final String LEVEL = "ONEDNN_MAX_CPU_ISA";

    private static final String AVX2 = "AVX2";

    /** Of Linux alone: other systems have no such file, and nothing to hold back. */
    private static final Path PROCESSOR = Path.of("/proc/cpuinfo");
    /** The kernel asks the processor much the same, and has no such folder where there is no answer. */
    private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");

    private static boolean prepared;
    private static volatile boolean limited;

    private OneDnn() {}

    /**
     * Once, between the loading of libtorch and its first computation: oneDNN asks for its environment then, not before. A level
     * that is set from outside stays.
     *
     * @param folder where libtorch is
     */
    static synchronized void prepare(Path folder) {
        if (prepared) {
            return;
        }
        prepared = true;
        if (suspicious() && !told(folder) && System.getenv(LEVEL) == null) {
            limit();
        }
    }

    private static boolean told(Path folder) {
        return OneDnnCaches.of(folder).map(OneDnnCaches::sound).orElse(false);
    }

    /** Holds it to AVX2: before its first computation. */
    static void limit() {
        try {
            NativeLibrary.getInstance("c").getFunction("setenv").invokeInt(new Object[] {LEVEL, AVX2, 0});
            limited = true;
        } catch (UnsatisfiedLinkError e) {
            throw new IllegalStateException(LEVEL + " cannot be set: set it to AVX2 on this machine", e);
        }
    }

    /** The latest instructions that oneDNN may use in this process, as its variable has them; empty for all there are. */
    static String level() {
        String said = System.getenv(LEVEL);
        return said != null ? said : limited ? AVX2 : "";
    }

    /** Whether newer instructions than AVX2 are left alone in this process though nobody said so. */
    static boolean limited() {
        return limited;
    }

    /** Whether this machine is one of those. */
    static boolean suspicious() {
        try {
            return suspicious(Files.exists(PROCESSOR) ? Files.readString(PROCESSOR) : "", Files.isDirectory(CACHES));
        } catch (IOException e) {
            // A machine that hides its processor: as if it were none of these.
            return false;
        }
    }

    /** Whether oneDNN may be wrong about the caches of this machine where that matters. */
    static boolean suspicious(String processor, boolean cachesAreKnown) {
        return !cachesAreKnown && processor.contains("AuthenticAMD") && processor.contains(" avx512f");
    }
}
