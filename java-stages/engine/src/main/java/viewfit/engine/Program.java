package viewfit.engine;

import ai.djl.pytorch.jni.ScriptCalls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/**
 * A TorchScript program, compiled from text at run time: one native call runs a whole network pass or training step.
 *
 * <p>libtorch reads its own archive format, a zip of source text and two small pickles; {@link #archive} writes the
 * smallest one it accepts. The text follows the serialised form of TorchScript: calls are {@code torch.add(a, b)},
 * not {@code a + b}.
 */
public final class Program implements AutoCloseable {
    /** Pickle of an empty tuple: the program has no constants. */
    private static final byte[] NO_CONSTANTS = {(byte) 0x80, 2, ')', '.'};

    private final Scope run;
    private long module;

    private Program(Scope run, long module) {
        this.run = run;
        this.module = module;
    }

    /**
     * Compiles functions {@code def name(self, ...)}, given as text at column 0.
     *
     * @throws IllegalArgumentException if libtorch refuses the text; its message names the line
     * @throws StageFailure {@link ExitCode#TRANSIENT} if memory runs out or the device fails
     */
    static Program compile(Scope run, String functions) {
        try {
            return new Program(run, NativeCall.of(() -> load(run, functions)));
        } catch (StageFailure e) {
            throw e;
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("TorchScript: " + e.getMessage() + "\n" + functions, e);
        }
    }

    private static long load(Scope run, String functions) {
        try {
            return ScriptCalls.load(archive(functions), run.manager().getDevice());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Calls a function.
     *
     * @param scope owner of the results
     * @param arguments {@link Tensor}, {@code List<Tensor>}, {@link Double} or {@link Long}
     * @return the tensor, the list of tensors, or nothing
     * @throws StageFailure {@link ExitCode#TRANSIENT} if memory runs out or the device fails
     */
    public List<Tensor> call(Scope scope, String function, Object... arguments) {
        if (module == 0) {
            throw new IllegalStateException("the program is closed");
        }
        long[] values = new long[arguments.length];
        int made = 0;
        try {
            for (Object argument : arguments) {
                values[made] = value(argument);
                made++;
            }
            long[] handles = run(function, values);
            Tensor[] results = new Tensor[handles.length];
            for (int i = 0; i < results.length; i++) {
                results[i] = scope.adopt(handles[i]);
            }
            return List.of(results);
        } finally {
            for (int i = 0; i < made; i++) {
                ScriptCalls.deleteValue(values[i]);
            }
        }
    }

    private long[] run(String function, long[] values) {
        return NativeCall.of(() -> ScriptCalls.run(module, function, values));
    }

    /** Calls a function that returns one tensor. */
    public Tensor callOne(Scope scope, String function, Object... arguments) {
        List<Tensor> results = call(scope, function, arguments);
        if (results.size() != 1) {
            throw new IllegalStateException(function + " returned " + results.size() + " tensors, expected 1");
        }
        return results.get(0);
    }

    /** Calls a function for its effect; what it returns is freed at once. */
    public void run(String function, Object... arguments) {
        call(run, function, arguments).forEach(Tensor::close);
    }

    private static long value(Object argument) {
        if (argument instanceof Tensor t) {
            return ScriptCalls.tensor(t.handle());
        } else if (argument instanceof List<?> list) {
            long[] handles = new long[list.size()];
            for (int i = 0; i < handles.length; i++) {
                handles[i] = ((Tensor) list.get(i)).handle();
            }
            return ScriptCalls.tensors(handles);
        } else if (argument instanceof Double d) {
            return ScriptCalls.number(d);
        } else if (argument instanceof Long l) {
            return ScriptCalls.number(l);
        }
        throw new IllegalArgumentException("a program takes tensors, lists of tensors, doubles and longs, not "
                + argument.getClass().getSimpleName());
    }

    private static byte[] archive(String functions) throws IOException {
        String source = "class Program(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n"
                + functions.indent(2);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            put(zip, "p/version", "10\n".getBytes(StandardCharsets.US_ASCII));
            put(zip, "p/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
            put(zip, "p/code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
            put(zip, "p/constants.pkl", NO_CONSTANTS);
            put(zip, "p/data.pkl", object());
        }
        return bytes.toByteArray();
    }

    /** Pickle of one object of class Program with the attribute {@code training = True}. */
    private static byte[] object() throws IOException {
        ByteArrayOutputStream pickle = new ByteArrayOutputStream();
        pickle.write(new byte[] {(byte) 0x80, 2});
        pickle.write("c__torch__\nProgram\n".getBytes(StandardCharsets.US_ASCII));
        pickle.write(new byte[] {')', (byte) 0x81, '}', '(', 'X', 8, 0, 0, 0});
        pickle.write("training".getBytes(StandardCharsets.US_ASCII));
        pickle.write(new byte[] {(byte) 0x88, 'u', 'b', '.'});
        return pickle.toByteArray();
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    @Override
    public void close() {
        if (module != 0) {
            ScriptCalls.delete(module);
            module = 0;
        }
    }
}
