package viewfit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

class TroubleTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "CUDA out of memory. Tried to allocate 2.00 GiB",
                "[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory: you tried",
                "CUDA error: an illegal memory access was encountered",
                "cuDNN error: CUDNN_STATUS_EXECUTION_FAILED",
            })
    void aMachineThatGaveOutIsTransientAndOneLine(String line) {
        StageFailure failure =
                assertInstanceOf(StageFailure.class, Trouble.of(new IllegalStateException(line + "\nat x.cpp:3")));
        assertEquals(ExitCode.TRANSIENT, failure.exitCode());
        assertEquals("libtorch: " + line + ": needs more memory or a healthy device", failure.getMessage());
    }

    @Test
    void anythingElseIsItself() {
        for (String message : new String[] {null, "", "The size of tensor a (2) must match"}) {
            RuntimeException e = new IllegalStateException(message);
            assertSame(e, Trouble.of(e));
        }
    }

    /** Memory for a tensor fails as memory in a program does. */
    @Test
    void aTensorThatDoesNotFitIsTransient() {
        try (TorchRuntime runtime = TorchRuntime.open("cpu", 1);
                Scope scope = runtime.scope()) {
            StageFailure e = assertThrows(StageFailure.class, () -> runtime.zeros(scope, 1L << 30, 1L << 20));
            assertEquals(ExitCode.TRANSIENT, e.exitCode());
            assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        }
    }

    /** Four pebibytes: no machine has it, and asking costs nothing. */
    @Test
    void memoryThatIsNotThereIsTransient() {
        try (TorchRuntime runtime = TorchRuntime.open("cpu", 1);
                Scope scope = runtime.scope();
                Program program = runtime.compile(
                        """
                        def much(self, x: Tensor) -> Tensor:
                          return torch.repeat(x, [1073741824])
                        """)) {
            Tensor x = runtime.tensor(scope, new float[1 << 20], 1 << 20);
            StageFailure e = assertThrows(StageFailure.class, () -> program.callOne(scope, "much", x));
            assertEquals(ExitCode.TRANSIENT, e.exitCode());
            assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        }
    }
}
