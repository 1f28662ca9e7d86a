package viewfit.engine;

import java.util.function.Supplier;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/**
 * What every call into libtorch has around it: the end of the process waits for it, and a machine that gives out is told from a
 * mistake. A GPU's failures come to light at whichever call waits for it next, a copy as well as a program.
 */
final class NativeCall {
    private NativeCall() {}

    /**
     * Makes a call.
     *
     * @throws StageFailure {@link ExitCode#TRANSIENT} if memory runs out or the device fails
     */
    static <T> T of(Supplier<T> call) {
        ExitGate.enter();
        try {
            return call.get();
        } catch (RuntimeException e) {
            throw Trouble.of(e);
        } finally {
            ExitGate.leave();
        }
    }
}
