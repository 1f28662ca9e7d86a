package viewfit.core.files;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import viewfit.formats.Safetensors;
import viewfit.formats.Tensor;
import viewfit.ssl.StateWriting;

/** A process that ends without a word when a write has come to a phase: as kill -9 ends it. */
final class KilledWriter {
    /** Exit status of a process that was killed. */
    static final int KILLED = 137;

    /** Not yet a phase: the write has not begun. */
    static final String BEFORE = "BEFORE";

    private KilledWriter() {}

    /** What is written. */
    enum Kind {
        TEXT,
        SAFETENSORS,
        STATE
    }

    /** @param arguments kind, folder, number to write, phase */
    public static void main(String[] arguments) {
        if (arguments[3].equals(BEFORE)) {
            Runtime.getRuntime().halt(KILLED);
        }
        AtomicFiles.Phase last = AtomicFiles.Phase.valueOf(arguments[3]);
        AtomicFiles.watcher = phase -> {
            if (phase == last) {
                Runtime.getRuntime().halt(KILLED);
            }
        };
        write(Kind.valueOf(arguments[0]), Path.of(arguments[1]), Integer.parseInt(arguments[2]));
    }

    /** Writes a number, some thousand times. */
    static void write(Kind kind, Path folder, int number) {
        switch (kind) {
            case TEXT ->
                AtomicFiles.write(folder.resolve("file.txt"), out -> {
                    for (int i = 0; i < 1000; i++) {
                        out.write(("line " + number + "\n")
                                .repeat(100)
                                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
                    }
                });
            case SAFETENSORS -> {
                float[] values = new float[100_000];
                java.util.Arrays.fill(values, number);
                Tensor tensor = Tensor.f32("weight", new long[] {values.length}, values);
                Safetensors.write(folder.resolve("file.safetensors"), List.of(tensor), Map.of("number", "" + number));
            }
            case STATE -> StateWriting.write(folder, number);
        }
    }
}
