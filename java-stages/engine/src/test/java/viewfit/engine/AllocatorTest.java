package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AllocatorTest {
    private static @Nullable String environment(String name) {
        return NativeLibrary.getInstance("c").getFunction("getenv").invokeString(new Object[] {name}, false);
    }

    /** What libraries read as they load is in the environment of the process, not in Java's copy of it. */
    @Test
    void glibcTakesEveryOption() {
        assumeTrue(Platform.isLinux() && !Allocator.another(System.getenv("LD_PRELOAD")));
        assertTrue(Allocator.tune(true));
        String thp = System.getenv("THP_MEM_ALLOC_ENABLE");
        assertEquals(thp == null ? "1" : thp, environment("THP_MEM_ALLOC_ENABLE"));
        assertNotNull(environment("CUBLAS_WORKSPACE_CONFIG"));
        String spins = System.getenv("GOMP_SPINCOUNT");
        if (System.getenv("OMP_WAIT_POLICY") == null) {
            assertEquals("passive", environment("OMP_WAIT_POLICY"));
            assertEquals(spins == null ? "1000" : spins, environment("GOMP_SPINCOUNT"));
        } else {
            assertEquals(spins, environment("GOMP_SPINCOUNT"), "a policy from outside is the whole of it");
        }
    }

    @Test
    void buffersNeedNoHugePagesOfTheirOwnWhereTheHeapIsOfThem() {
        String launcher = "glibc.malloc.hugetlb=1";
        assertTrue(Allocator.hugePages(launcher, "2.36"));
        assertTrue(Allocator.hugePages("glibc.malloc.arena_max=1:" + launcher, "2.35"));
        assertFalse(Allocator.hugePages(launcher, "2.34"));
        assertFalse(Allocator.hugePages(launcher.replace('1', '0'), "2.36"));
        assertFalse(Allocator.hugePages(null, "2.36"));
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
