package viewfit.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.recipe.BackboneRecipe;
import viewfit.core.recipe.Precision;
import viewfit.graph.Kernels;
import viewfit.graph.TorchScript;

/**
 * libtorch, loaded once for the process and opened for one run: makes tensors, compiles programs, and owns what lives
 * as long as the run.
 */
public final class TorchRuntime implements AutoCloseable {
    /** Copies and memory formats that several callers need; grad mode is per thread, so each switches it off. */
    private static final String GLUE =
            """
            def contiguous(self, x: Tensor) -> Tensor:
              torch.set_grad_enabled(False)
              return torch.contiguous(torch.to(torch.detach(x), 6))
            def double(self, x: Tensor) -> Tensor:
              torch.set_grad_enabled(False)
              return torch.to(x, 7)
            def assign(self, to: Tensor, value: Tensor) -> Tensor:
              torch.set_grad_enabled(False)
              return torch.copy_(to, value)
            def images(self, x: Tensor, mean: Tensor, std: Tensor) -> Tensor:
              torch.set_grad_enabled(False)
              v = torch.div(torch.to(torch.permute(x, [0, 3, 1, 2]), 6), 255.)
              return torch.div(torch.sub_(v, mean), std)
            def channels_last(self, x: Tensor) -> Tensor:
              torch.set_grad_enabled(False)
              return torch.contiguous(x, memory_format=2)
            """;

    private final Scope run;
    private final Program glue;
    private final String deviceName;
    private final int threads;
    private final boolean doubles;
    private final boolean roundsProducts;
    private final boolean oneDnn;
    private final AtomicInteger openScopes = new AtomicInteger();

    private TorchRuntime(Scope run, String deviceName, int threads, boolean doubles, boolean roundsProducts) {
        this.run = run;
        this.deviceName = deviceName;
        this.threads = threads;
        this.doubles = doubles;
        this.roundsProducts = roundsProducts;
        this.glue = Program.compile(run, GLUE);
        this.oneDnn = !doubles && deviceName.equals("cpu") && hasOneDnn();
    }

    /** Whether libtorch was built with oneDNN: only trying tells. */
    private boolean hasOneDnn() {
        String text =
                """
                def probe(self, x: Tensor) -> Tensor:
                  torch.set_grad_enabled(False)
                  return torch.to_dense(torch.mkldnn_linear(torch.to_mkldnn(x, None), x, None), None)
                """;
        return probe(text, 2) == 4;
    }

    /**
     * What {@code probe(x)} of a program gives for a number of shape [1, 1]; NaN where this libtorch cannot run it. What it was
     * built without shows in the call only: the text compiles.
     */
    float probe(String text, float x) {
        try (Program program = Program.compile(run, text);
                Scope call = scope()) {
            return scalar(program.callOne(call, "probe", tensor(call, new float[] {x}, 1, 1)));
        } catch (RuntimeException e) {
            if (e instanceof StageFailure failure && failure.exitCode() == ExitCode.TRANSIENT) {
                throw e;
            }
            return Float.NaN;
        }
    }

    /**
     * Whether bfloat16 products are computed by the device's own instructions. Without them oneDNN falls back to loops that
     * take ten to sixty times as long as float32.
     */
    public boolean fastBfloat16() {
        String text =
                """
                def probe(self, x: Tensor) -> Tensor:
                  if ops.mkldnn._is_mkldnn_bf16_supported():
                    r = torch.ones([1])
                  else:
                    r = torch.zeros([1])
                  return r
                """;
        if (gpu()) {
            return true;
        }
        return !holdsBack() && probe(text, 0) == 1;
    }

    /** Whether oneDNN is kept from instructions that this processor has, because it plans them wrongly on this machine. */
    public boolean holdsBack() {
        return !gpu() && OneDnn.limited();
    }

    /**
     * The environment that makes another process compute with the instructions that oneDNN uses in this one; empty where that is
     * all there are.
     */
    public Map<String, String> oneDnnEnvironment() {
        String level = OneDnn.level();
        return level.isEmpty() ? Map.of() : Map.of(OneDnn.LEVEL, level);
    }

    /** Tensors that the run's scope owns, and scopes that are open beside it: neither grows from step to step. */
    public String held() {
        return run.manager().getManagedArrays().size() + " tensors, " + openScopes + " open scopes";
    }

    /**
     * Opens the engine for float32. On a GPU float32 means float32, and convolutions take algorithms that add in the same order
     * every time.
     *
     * @param device {@code cpu}; {@code cuda}, the first GPU that libtorch sees; {@code cuda:N}, another one, from 0; or
     *     {@code auto}: the first GPU if it sees one
     * @param threads intra-op threads on the CPU, 0 for all cores; the last call of a process decides
     * @throws IllegalArgumentException if the device is unknown
     * @throws StageFailure {@link ExitCode#USAGE} if there is no such device, or no libtorch that can be loaded
     */
    public static TorchRuntime open(String device, int threads) {
        return open(device, threads, Precision.FP32, true, false);
    }

    /**
     * Opens the engine, as {@link #open(String, int)} does, to pre-train a backbone. The backbone's buffers decide how memory is
     * divided: in a step on a CPU with glibc's allocator, those of a transformer take up to a sixth less where they need not begin
     * at huge pages, those of a conv net up to a tenth more. The first call of a process, whichever, decides on that.
     *
     * @param precision of the run, says whether products of a GPU may be rounded; the last call of a process decides
     */
    public static TorchRuntime forPretraining(
            String device, int threads, Precision precision, BackboneRecipe backbone) {
        return open(device, threads, precision, !backbone.transformer(), false);
    }

    /**
     * Opens the engine on the CPU with float64 wherever it else has float32: networks, states, inputs. Slow, and exact
     * enough to tell an error from rounding; what comes back to Java is rounded to float.
     */
    public static TorchRuntime openDouble(int threads) {
        return open("cpu", threads, Precision.FP32, true, true);
    }

    private static TorchRuntime open(
            String device, int threads, Precision precision, boolean aligned, boolean doubles) {
        int cores = Runtime.getRuntime().availableProcessors();
        int count = threads == 0 ? cores : threads;
        if (count < 1) {
            throw new IllegalArgumentException("--threads " + threads + ": must be 0 (all cores) or more");
        }
        Engine engine = EngineLoader.load(count, aligned);
        JniUtils.setGraphExecutorOptimize(false);
        JniUtils.setNumThreads(count);
        Device chosen = EngineLoader.device(device, () -> engine.hasCapability(StandardCapabilities.CUDA));
        if (chosen.isGpu()) {
            EngineLoader.prepareGpu(precision);
        }
        PtNDManager manager = (PtNDManager) NDManager.newBaseManager(chosen, "PyTorch");
        EngineLoader.requireWorks(device, manager);
        return new TorchRuntime(
                new Scope(manager),
                chosen.isGpu() ? "cuda:" + chosen.getDeviceId() : "cpu",
                count,
                doubles,
                chosen.isGpu() && precision == Precision.TF32);
    }

    /** Name and version for provenance. */
    public String engine() {
        return "PyTorch " + Engine.getEngine("PyTorch").getVersion() + " (DJL " + Engine.getDjlVersion() + ")";
    }

    /** Device for provenance: {@code cpu} with its thread count, or {@code cuda:0}. */
    public String device() {
        return deviceName.equals("cpu") ? "cpu, " + threads + (threads == 1 ? " thread" : " threads") : deviceName;
    }

    /** Whether a GPU computes. */
    public boolean gpu() {
        return run.manager().getDevice().isGpu();
    }

    /** Whether float32 products lose digits as the precision of the run allows: of TF32 on a GPU ten bits after the point stay. */
    boolean roundsProducts() {
        return roundsProducts;
    }

    /** Scope of the run: what it owns is freed when the runtime closes. */
    public Scope run() {
        return run;
    }

    /** Opens a scope for one step or call. */
    public Scope scope() {
        openScopes.incrementAndGet();
        return new Scope(run.manager().newSubManager(run.manager().getDevice()), openScopes::decrementAndGet);
    }

    /** Writes networks as programs in the forms that are fastest here, in float32. */
    public TorchScript script() {
        return script(Precision.FP32);
    }

    /** Writes networks as programs in the forms that are fastest here. */
    public TorchScript script(Precision precision) {
        return new TorchScript(new Kernels(oneDnn, precision == Precision.BF16));
    }

    /** Compiles a program; close it when the run no longer needs it. */
    public Program compile(String functions) {
        return Program.compile(run, functions);
    }

    /** New float tensor with the given values in row-major order. */
    public Tensor tensor(Scope scope, float[] values, long... shape) {
        Tensor single =
                made(() -> scope.manager().create(FloatBuffer.wrap(values), new Shape(shape), DataType.FLOAT32));
        if (!doubles) {
            return single;
        }
        Tensor exact = glue.callOne(scope, "double", single);
        single.close();
        return exact;
    }

    /** New int64 tensor. */
    public Tensor tensor(Scope scope, long[] values, long... shape) {
        return made(() -> scope.manager().create(LongBuffer.wrap(values), new Shape(shape), DataType.INT64));
    }

    /** New float tensor of zeros. */
    public Tensor zeros(Scope scope, long... shape) {
        DataType type = doubles ? DataType.FLOAT64 : DataType.FLOAT32;
        return made(() -> (PtNDArray) scope.manager().zeros(new Shape(shape), type));
    }

    private static Tensor made(Supplier<PtNDArray> array) {
        return new Tensor(NativeCall.of(array));
    }

    /**
     * Pixels as a uint8 tensor. On the CPU a direct buffer is shared, not copied: it must stay unchanged until the
     * scope closes.
     *
     * @param pixels n * height * width * 3 bytes from position 0, RGB
     */
    public Tensor pixels(Scope scope, ByteBuffer pixels, int n, int height, int width) {
        ByteBuffer view = pixels.duplicate();
        view.position(0).limit(Math.multiplyExact(Math.multiplyExact(n, height), width * 3));
        return made(() -> scope.manager().create(view.slice(), new Shape(n, height, width, 3), DataType.UINT8));
    }

    /** {@code (x / 255 - mean) / std}: uint8 [n, h, w, 3] to float [n, 3, h, w] in channels-last memory. */
    public Tensor images(Scope scope, Tensor pixels, Tensor mean, Tensor std) {
        return glue.callOne(scope, "images", pixels, mean, std);
    }

    /** The same values in channels-last memory: [n, c, h, w]. */
    public Tensor channelsLast(Scope scope, Tensor x) {
        return glue.callOne(scope, "channels_last", x);
    }

    /** Copies {@code value} into {@code to}, whatever their memory formats; views of {@code to} see it. */
    public void assign(Tensor to, Tensor value) {
        glue.run("assign", to, value);
    }

    /** Values in row-major order, whatever the memory format. */
    public float[] floats(Tensor x) {
        try (Scope call = scope()) {
            return glue.callOne(call, "contiguous", x).contiguousFloats();
        }
    }

    /** The single value of a scalar or one-element tensor. */
    public float scalar(Tensor x) {
        if (x.size() != 1) {
            throw new IllegalArgumentException("expected one value, found " + x);
        }
        return floats(x)[0];
    }

    @Override
    public void close() {
        glue.close();
        run.close();
    }
}
