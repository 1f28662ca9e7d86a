package viewfit.engine;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import org.jspecify.annotations.Nullable;

/**
 * Tunes glibc's allocator before libtorch loads. A step of a small network frees and takes hundreds of buffers of some
 * megabytes; by default glibc gives each back to the kernel and pays for every page again: MobileNetV2 steps were up to
 * 1.5 times slower.
 *
 * <p>Also gives cuBLAS work space of a fixed size, without which its sums may differ from run to run, and lets libtorch's worker
 * threads sleep while they wait, after some 20 microseconds. By default they spin for milliseconds, and when several runs share the cores
 * each of the thousand barriers of a step costs a time slice: on two busy cores a step took ten times as long. If they sleep at once,
 * most barriers are over before they have gone to sleep and come back: with two threads a step took 10 to 17 % longer.
 */
final class Allocator {
    private static final int M_TRIM_THRESHOLD = -1;
    private static final int M_TOP_PAD = -2;
    private static final int M_MMAP_THRESHOLD = -3;
    private static final int GIB = 1 << 30;
    private static final int TOP_PAD = 64 << 20;
    private static final String SPINS = "1000";
    private static final int HUGE_PAGES_SINCE = 35;

    private Allocator() {}

    /**
     * Leaves the allocator alone on systems without glibc's {@code mallopt} and when another one is preloaded.
     *
     * @param aligned whether libtorch begins each buffer of 2 MB and more at a huge page and asks for these, unless the environment says;
     *     it does anyway where glibc does not ask for them
     * @return whether glibc's allocator took all of it
     */
    static boolean tune(boolean aligned) {
        if (!Platform.isLinux()) {
            return false;
        }
        try {
            NativeLibrary c = NativeLibrary.getInstance("c");
            // Read by the OpenMP library as it loads; what is given from outside stays, and a policy from outside is
            // the whole of it.
            if (System.getenv("OMP_WAIT_POLICY") == null) {
                c.getFunction("setenv").invokeInt(new Object[] {"OMP_WAIT_POLICY", "passive", 0});
                c.getFunction("setenv").invokeInt(new Object[] {"GOMP_SPINCOUNT", SPINS, 0});
            }
            // Read by cuBLAS at its first call.
            c.getFunction("setenv").invokeInt(new Object[] {"CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0});
            if (another(System.getenv("LD_PRELOAD"))) {
                return false;
            }
            Function mallopt = c.getFunction("mallopt");
            // libtorch's CPU allocator reads it as it loads.
            String version = c.getFunction("gnu_get_libc_version").invokeString(new Object[0], false);
            String pages = aligned || !hugePages(System.getenv("GLIBC_TUNABLES"), version) ? "1" : "0";
            c.getFunction("setenv").invokeInt(new Object[] {"THP_MEM_ALLOC_ENABLE", pages, 0});
            boolean mmap = option(mallopt, M_MMAP_THRESHOLD, GIB);
            boolean trim = option(mallopt, M_TRIM_THRESHOLD, Integer.MAX_VALUE);
            boolean pad = option(mallopt, M_TOP_PAD, TOP_PAD);
            return mmap && trim && pad;
        } catch (UnsatisfiedLinkError e) {
            // musl and others have no mallopt: slower, not wrong.
            return false;
        }
    }

    /**
     * Whether the heap is of huge pages already, as the launcher has it.
     *
     * @param version of glibc, as "2.36"; those before 2.35 do not know the setting
     */
    static boolean hugePages(@Nullable String tunables, String version) {
        String[] parts = version.split("\\.", -1);
        return tunables != null
                && tunables.contains("glibc.malloc.hugetlb=1")
                && parts[0].equals("2")
                && Integer.parseInt(parts[1]) >= HUGE_PAGES_SINCE;
    }

    private static boolean option(Function mallopt, int option, int value) {
        return mallopt.invokeInt(new Object[] {option, value}) == 1;
    }

    /** Whether a list of preloaded libraries has an allocator: clusters preload tracers too. All known ones have it in their name. */
    static boolean another(@Nullable String preloaded) {
        return preloaded != null && preloaded.contains("malloc");
    }
}
