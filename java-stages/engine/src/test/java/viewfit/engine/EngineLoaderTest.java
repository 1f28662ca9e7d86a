package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.pytorch.jni.LibUtils;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.recipe.Precision;

/** Devices by their names, and the switches of libtorch; what they do on a GPU is not to be seen here. */
class EngineLoaderTest {
    private static final List<String> SWITCHES = List.of(
            TorchSwitches.DETERMINISTIC_CUDNN,
            TorchSwitches.BENCHMARK_CUDNN,
            TorchSwitches.TF32_CUDNN,
            TorchSwitches.TF32_CUBLAS,
            TorchSwitches.PLAIN_ATTENTION,
            TorchSwitches.FLASH_ATTENTION,
            TorchSwitches.EFFICIENT_ATTENTION,
            TorchSwitches.CUDNN_ATTENTION);

    @Test
    void gpusAreCountedFromZero() {
        assertEquals(Device.gpu(0), EngineLoader.device("cuda", () -> true));
        assertEquals(Device.gpu(0), EngineLoader.device("cuda:0", () -> true));
        assertEquals(Device.gpu(11), EngineLoader.device("cuda:11", () -> true));
        assertEquals(Device.gpu(0), EngineLoader.device("auto", () -> true));
        assertEquals(Device.cpu(), EngineLoader.device("auto", () -> false));
    }

    @Test
    void aProcessorDoesNotAskForGpus() {
        assertEquals(Device.cpu(), EngineLoader.device("cpu", () -> {
            throw new AssertionError("asked");
        }));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cuda", "cuda:1"})
    void aGpuThatIsNotThereIsOneLine(String name) {
        StageFailure e = assertThrows(StageFailure.class, () -> EngineLoader.device(name, () -> false));
        assertEquals(ExitCode.USAGE, e.exitCode());
        assertEquals(
                "--device " + name + ": libtorch sees no GPU: use cpu or auto, or see docs/usage.md, GPU",
                e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpu", "cuda:", "cuda:-1", "cuda:1000", "cuda0", "CPU", ""})
    void anotherWordIsRefused(String name) {
        assertThrows(IllegalArgumentException.class, () -> EngineLoader.device(name, () -> true));
    }

    private static Map<String, Boolean> read(TorchSwitches switches) {
        Map<String, Boolean> found = new HashMap<>();
        SWITCHES.forEach(name -> found.put(name, switches.get(name)));
        return found;
    }

    /** Each setter moves its own switch and no other: the names are those of the compiler, found by nothing but this. */
    @Test
    void aSwitchIsReadBack() {
        try (TorchRuntime runtime = TorchRuntime.open("cpu", 1)) {
            assertFalse(runtime.gpu());
            TorchSwitches switches = TorchSwitches.of(Path.of(LibUtils.getLibtorchPath()));
            Map<String, Boolean> before = read(switches);
            try {
                for (String name : SWITCHES) {
                    for (boolean on : new boolean[] {true, false, true}) {
                        Map<String, Boolean> expected = read(switches);
                        expected.put(name, on);
                        switches.set(name, on);
                        assertEquals(expected, read(switches), name + " " + on);
                    }
                }
            } finally {
                before.forEach(switches::set);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void onlyTf32RoundsProducts(Precision precision) {
        try (TorchRuntime runtime = TorchRuntime.open("cpu", 1)) {
            assertFalse(runtime.gpu());
            TorchSwitches switches = TorchSwitches.of(Path.of(LibUtils.getLibtorchPath()));
            Map<String, Boolean> before = read(switches);
            try {
                EngineLoader.set(switches, precision);
                assertTrue(switches.get(TorchSwitches.DETERMINISTIC_CUDNN));
                assertFalse(switches.get(TorchSwitches.BENCHMARK_CUDNN));
                assertTrue(switches.get(TorchSwitches.PLAIN_ATTENTION));
                assertFalse(switches.get(TorchSwitches.FLASH_ATTENTION));
                assertFalse(switches.get(TorchSwitches.EFFICIENT_ATTENTION));
                assertFalse(switches.get(TorchSwitches.CUDNN_ATTENTION));
                assertEquals(precision == Precision.TF32, switches.get(TorchSwitches.TF32_CUDNN));
                assertEquals(precision == Precision.TF32, switches.get(TorchSwitches.TF32_CUBLAS));
            } finally {
                before.forEach(switches::set);
            }
        }
    }

    @Test
    void aLibraryWithoutThemIsRefused() {
        StageFailure e = assertThrows(StageFailure.class, () -> TorchSwitches.of(Path.of("/nowhere")));
        assertEquals(ExitCode.USAGE, e.exitCode());
        assertEquals("libtorch: has no at::globalContext: must be torch 2.7.1", e.getMessage());
    }
}
