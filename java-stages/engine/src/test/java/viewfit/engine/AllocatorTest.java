package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import org.junit.jupiter.api.Test;

class AllocatorTest {
    private static String environment(String name) {
        return NativeLibrary.getInstance("c").getFunction("getenv").invokeString(new Object[] {name}, false);
    }

    /** What libraries read as they load is in the environment of the process, not in Java's copy of it. */
    @Test
    void glibcTakesEveryOption() {
        assumeTrue(Platform.isLinux() && !Allocator.another(System.getenv("LD_PRELOAD")));
        for (boolean aligned : new boolean[] {false, true}) {
            NativeLibrary.getInstance("c").getFunction("unsetenv").invokeInt(new Object[] {"THP_MEM_ALLOC_ENABLE"});
            assertTrue(Allocator.tune(aligned));
            assertEquals(aligned ? "1" : "0", environment("THP_MEM_ALLOC_ENABLE"));
        }
        for (String name : new String[] {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "CUBLAS_WORKSPACE_CONFIG"}) {
            assertFalse(environment(name).isEmpty(), name);
        }
    }

    @Test
    void onlyAnotherAllocatorIsLeftAlone() {
        assertFalse(Allocator.another(null));
        assertFalse(Allocator.another(""));
        assertFalse(Allocator.another("/opt/xalt/lib64/libxalt_init.so"));
        assertTrue(Allocator.another("/opt/xalt/lib64/libxalt_init.so:/usr/lib/libjemalloc.so.2"));
        assertTrue(Allocator.another("/usr/lib/libtcmalloc_minimal.so.4"));
    }
}
