package viewfit.ssl;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import viewfit.formats.Tensor;

/** Writes and reads states for tests of other packages. */
public final class StateWriting {
    private StateWriting() {}

    /** Writes the state after so many steps, of which one is kept; its tensor has this many thousand of that number. */
    public static void write(Path folder, int steps) {
        float[] values = new float[steps * 1000];
        java.util.Arrays.fill(values, steps);
        try (StateFolder states = StateFolder.open(folder, 1, line -> {})) {
            states.write(
                    new Checkpoint.Content(
                            List.of(Tensor.f32("weight", new long[] {values.length}, values)),
                            Map.of("schema", Checkpoint.STATE_SCHEMA)),
                    steps);
        }
    }

    /**
     * The steps of the newest state that is whole.
     *
     * @param said receives what is told
     * @return null if there is none
     */
    public static @Nullable Integer newest(Path folder, List<String> said) {
        try (StateFolder states = StateFolder.open(folder, 1, said::add)) {
            return states.newest(content -> content.tensor("weight").floats().length / 1000);
        }
    }

    /** Removes all states. */
    public static void clear(Path folder) {
        try (StateFolder states = StateFolder.open(folder, 1, line -> {})) {
            states.clear();
        }
    }
}
