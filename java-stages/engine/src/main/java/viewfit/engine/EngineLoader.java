package viewfit.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.LibUtils;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.recipe.Precision;

/** Finds and loads libtorch, and the device that a run asks for: what there is to know before anything can be computed. */
final class EngineLoader {
    private static final Pattern GPU = Pattern.compile("cuda(?::(\\d{1,3}))?");
    private static final UnaryOperator<@Nullable String> ENVIRONMENT = System::getenv;

    private EngineLoader() {}

    /** Loads the engine, once per process; threads, and how buffers are {@linkplain Allocator#tune aligned}, are those of the first time. */
    static Engine load(int threads, boolean aligned) {
        Allocator.tune(aligned);
        ExitGate.install();
        LibTorch given = LibTorch.find(ENVIRONMENT, LibTorch.engineVersion(), LibTorch.bundled());
        if (given != null) {
            given.choose(ENVIRONMENT);
        }
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        System.setProperty("ai.djl.offline", "true");
        // Or a process that is told to stop unloads what is only half there.
        ExitGate.enter();
        try {
            Engine engine = Engine.getEngine("PyTorch");
            OneDnn.prepare(Path.of(LibUtils.getLibtorchPath()));
            return engine;
        } catch (EngineException e) {
            throw given == null ? e : unloadable(given, e);
        } finally {
            ExitGate.leave();
        }
    }

    private static StageFailure unloadable(LibTorch given, EngineException e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String reason = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        return new StageFailure(
                ExitCode.USAGE,
                LibTorch.PATH + ": " + given.folder() + " does not load: " + reason
                        + ": the libraries it needs must be there",
                e);
    }

    /**
     * The device of {@code --device}.
     *
     * @param cuda whether libtorch sees a GPU; asked only where it matters
     * @throws IllegalArgumentException for another word
     * @throws StageFailure {@link ExitCode#USAGE} if a GPU is asked for and none seen
     */
    static Device device(String name, BooleanSupplier cuda) {
        Matcher gpu = GPU.matcher(name);
        if (gpu.matches()) {
            if (!cuda.getAsBoolean()) {
                throw new StageFailure(
                        ExitCode.USAGE,
                        "--device " + name + ": libtorch sees no GPU: use cpu or auto, or see docs/usage.md, GPU");
            }
            return Device.gpu(gpu.group(1) == null ? 0 : Integer.parseInt(gpu.group(1)));
        }
        return switch (name) {
            case "cpu" -> Device.cpu();
            case "auto" -> cuda.getAsBoolean() ? Device.gpu(0) : Device.cpu();
            default ->
                throw new IllegalArgumentException("--device " + name + ": expected one of auto, cpu, cuda, cuda:N");
        };
    }

    /** Sets what libtorch leaves to chance or to speed, before the first kernel. */
    static void prepareGpu(Precision precision) {
        set(TorchSwitches.of(Path.of(LibUtils.getLibtorchPath())), precision);
    }

    static void set(TorchSwitches switches, Precision precision) {
        switches.set(TorchSwitches.DETERMINISTIC_CUDNN, true);
        switches.set(TorchSwitches.BENCHMARK_CUDNN, false);
        switches.set(TorchSwitches.PLAIN_ATTENTION, true);
        switches.set(TorchSwitches.FLASH_ATTENTION, false);
        switches.set(TorchSwitches.EFFICIENT_ATTENTION, false);
        switches.set(TorchSwitches.CUDNN_ATTENTION, false);
        // libtorch's own default rounds convolutions and spares matrix products.
        switches.set(TorchSwitches.TF32_CUDNN, precision == Precision.TF32);
        switches.set(TorchSwitches.TF32_CUBLAS, precision == Precision.TF32);
    }

    /** Makes one number there: a GPU that does not exist, or that another process holds, is told in one line. */
    static void requireWorks(String device, PtNDManager manager) {
        try (NDArray one = manager.zeros(new Shape(1), DataType.FLOAT32)) {
            one.toFloatArray();
        } catch (RuntimeException e) {
            manager.close();
            if (String.valueOf(e.getMessage()).contains("invalid device ordinal")) {
                throw new StageFailure(
                        ExitCode.USAGE,
                        "--device " + device
                                + ": libtorch sees no such GPU: the first of those in CUDA_VISIBLE_DEVICES,"
                                + " or of all, is cuda:0",
                        e);
            }
            throw Trouble.of(e);
        }
    }
}
