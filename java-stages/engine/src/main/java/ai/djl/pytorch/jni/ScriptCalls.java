package ai.djl.pytorch.jni;

import ai.djl.Device;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/**
 * Raw handles in, raw handles out: loads a TorchScript archive and calls its methods outside inference mode, so that
 * results can take part in autograd. Every handle that a method here returns belongs to the caller.
 */
public final class ScriptCalls {
    private ScriptCalls() {}

    /** Loads an archive from memory; free the module with {@link #delete}. */
    public static long load(byte[] archive, Device device) throws IOException {
        return JniUtils.loadModuleHandle(new ByteArrayInputStream(archive), device, false, false);
    }

    /** Frees a module. */
    public static void delete(long module) {
        PyTorchLibrary.LIB.torchDeleteModule(module);
    }

    public static long tensor(long handle) {
        return PyTorchLibrary.LIB.iValueFromTensor(handle);
    }

    public static long tensors(long[] handles) {
        return PyTorchLibrary.LIB.iValueFromTensorList(handles);
    }

    public static long number(double value) {
        return PyTorchLibrary.LIB.iValueFromDouble(value);
    }

    public static long number(long value) {
        return PyTorchLibrary.LIB.iValueFromLong(value);
    }

    /** Frees an argument. */
    public static void deleteValue(long value) {
        PyTorchLibrary.LIB.torchDeleteIValue(value);
    }

    /**
     * Calls {@code method}; a tensor, a list of tensors or nothing may come back.
     *
     * @param arguments handles made by the methods above; they stay the caller's
     * @return tensor handles
     */
    public static long[] run(long module, String method, long[] arguments) {
        PyTorchLibrary lib = PyTorchLibrary.LIB;
        long result = lib.moduleRunMethod(module, method, arguments, true, false);
        try {
            if (lib.iValueIsTensor(result)) {
                return new long[] {lib.iValueToTensor(result)};
            }
            return lib.iValueIsTensorList(result) ? lib.iValueToTensorList(result) : new long[0];
        } finally {
            lib.torchDeleteIValue(result);
        }
    }
}
