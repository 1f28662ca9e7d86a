package viewfit.engine;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What oneDNN takes the caches of this processor to be. It asks the processor once and keeps the answer; an empty answer it reads as
 * three caches of one byte. It has a way to do without: if it knows of no caches at all it takes usual sizes, as later versions do
 * here. This makes it do so, by one number in its memory, which the library's own symbols lead to; whether it worked, oneDNN says.
 */
final class OneDnnCaches {
    /** {@code dnnl::impl::cpu::platform::get_per_core_cache_size(int level)}: bytes. */
    private static final String SIZE = "_ZN4dnnl4impl3cpu8platform23get_per_core_cache_sizeEi";
    /** The one variable {@code cpu_} of {@code dnnl::impl::cpu::x64::cpu()}, which that asks. */
    private static final String PROCESSOR = "_ZZN4dnnl4impl3cpu3x643cpuEvE4cpu_";
    /** One that the loader gives out: the way from what the file says to where it is loaded. */
    private static final String ANCHOR = "_ZN2at13globalContextEv";

    /** Of {@code Xbyak::util::Cpu} in oneDNN 3.7.1: its size, and where the int lies that says how many levels of data caches it knows. */
    private static final int PROCESSOR_SIZE = 0x90;

    private static final int LEVELS_AT = 0x6c;

    private static final int LEVELS = 3;
    /** No first-level cache of such a processor is smaller. */
    private static final int LEAST = 4096;

    private final Function size;
    private final Pointer levels;

    private OneDnnCaches(Function size, Pointer levels) {
        this.size = size;
        this.levels = levels;
    }

    /**
     * Those of the libtorch that is loaded; empty if it does not say where they are.
     *
     * @param folder where it is
     */
    static Optional<OneDnnCaches> of(Path folder) {
        Path file = folder.resolve(System.mapLibraryName("torch_cpu"));
        try {
            List<SymbolTable.Symbol> found = SymbolTable.find(file, List.of(ANCHOR, SIZE, PROCESSOR));
            if (found.isEmpty() || found.get(2).size() != PROCESSOR_SIZE) {
                return Optional.empty();
            }
            Pointer anchor = NativeLibrary.getInstance(file.toString()).getGlobalVariableAddress(ANCHOR);
            long base = Pointer.nativeValue(anchor) - found.get(0).at();
            return Optional.of(new OneDnnCaches(
                    Function.getFunction(new Pointer(base + found.get(1).at())),
                    new Pointer(base + found.get(2).at() + LEVELS_AT)));
        } catch (IOException | UnsatisfiedLinkError e) {
            // Without oneDNN, or a library that is not read like this: nothing is known, and nothing is done.
            return Optional.empty();
        }
    }

    /** Makes oneDNN's picture of the caches a possible one, if it is not; whether it is now. */
    boolean sound() {
        if (possible()) {
            return true;
        }
        if (levels.getInt(0) != LEVELS) {
            return false;
        }
        levels.setInt(0, 0);
        if (possible()) {
            return true;
        }
        levels.setInt(0, LEVELS);
        return false;
    }

    private boolean possible() {
        return size(1) >= LEAST && size(2) >= size(1) && size(3) > 0;
    }

    /** Bytes of a level that one core may count on; levels are 1 to 3. */
    int size(int level) {
        return size.invokeInt(new Object[] {level});
    }
}
