package viewfit.engine;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/**
 * Switches of libtorch that hold for the whole process and that neither DJL nor TorchScript reaches: the setters of
 * {@code at::Context}, called by the names that the C++ compiler gave them. They are those of one version of libtorch,
 * which {@link LibTorch} has made sure of.
 */
final class TorchSwitches {
    /** Convolutions of cuDNN take algorithms that add in the same order every time. */
    static final String DETERMINISTIC_CUDNN = "DeterministicCuDNN";
    /** cuDNN tries algorithms and keeps the fastest; which one that is differs from run to run. */
    static final String BENCHMARK_CUDNN = "BenchmarkCuDNN";
    /** Convolutions round their float32 inputs to 10 bits after the point. */
    static final String TF32_CUDNN = "AllowTF32CuDNN";
    /** So do matrix products. */
    static final String TF32_CUBLAS = "AllowTF32CuBLAS";

    /** Attention in one of the forms whose gradients may add in any order. */
    static final String FLASH_ATTENTION = "SDPUseFlash";

    static final String EFFICIENT_ATTENTION = "SDPUseMemEfficient";
    static final String CUDNN_ATTENTION = "SDPUseCuDNN";
    /** Attention as products of matrices and a softmax. */
    static final String PLAIN_ATTENTION = "SDPUseMath";

    private static final String ATTENTION = "SDPUse";

    private final NativeLibrary library;
    private final Pointer context;

    private TorchSwitches(NativeLibrary library) {
        this.library = library;
        this.context = library.getFunction("_ZN2at13globalContextEv").invokePointer(new Object[0]);
    }

    /**
     * The switches of the libtorch that is loaded.
     *
     * @param folder where it is
     * @throws StageFailure {@link ExitCode#USAGE} if it is one that has none of them
     */
    static TorchSwitches of(Path folder) {
        Path file = folder.resolve(System.mapLibraryName("torch_cpu"));
        try {
            return new TorchSwitches(NativeLibrary.getInstance(file.toString()));
        } catch (UnsatisfiedLinkError e) {
            throw missing("at::globalContext", e);
        }
    }

    /** Turns a switch on or off. */
    void set(String name, boolean on) {
        function("_ZN2at7Context" + mangled("set" + name) + "Eb").invokeVoid(new Object[] {context, on ? 1 : 0});
    }

    /** Whether a switch is on. */
    boolean get(String name) {
        String getter = name.startsWith(ATTENTION)
                ? "userEnabled" + name.substring(ATTENTION.length()) + "SDP"
                : Character.toLowerCase(name.charAt(0)) + name.substring(1);
        // A C++ truth value fills one byte of the register.
        return (function("_ZNK2at7Context" + mangled(getter) + "Ev").invokeInt(new Object[] {context}) & 0xff) != 0;
    }

    private Function function(String symbol) {
        try {
            return library.getFunction(symbol);
        } catch (UnsatisfiedLinkError e) {
            throw missing(symbol, e);
        }
    }

    private static String mangled(String name) {
        return name.length() + name;
    }

    private static StageFailure missing(String symbol, UnsatisfiedLinkError e) {
        return new StageFailure(
                ExitCode.USAGE, "libtorch: has no " + symbol + ": must be torch " + LibTorch.engineVersion(), e);
    }
}
