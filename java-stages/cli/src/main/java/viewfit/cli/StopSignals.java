package viewfit.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Signals that ask a process to end: TERM of batch systems, INT of a keyboard, USR1 and USR2 that batch systems send ahead of a time
 * limit. The first one is noted, for the work to come to a good place; a second one ends the process at once.
 *
 * <p>{@code sun.misc.Signal} is the only way to them in Java; it is called by name, as the compiler warns of it without a way
 * to say that it is meant. It belongs to the supported module {@code jdk.unsupported}.
 */
public final class StopSignals {
    private static final List<String> NAMES = List.of("TERM", "INT", "USR1", "USR2");
    private static final int SHELL_OFFSET = 128;

    private final AtomicBoolean asked = new AtomicBoolean();
    private final AtomicReference<String> first = new AtomicReference<>("");
    private final Consumer<String> say;

    private StopSignals(Consumer<String> say) {
        this.say = say;
    }

    /** @param say told of the first signal, in one line */
    public static StopSignals install(Consumer<String> say) {
        StopSignals signals = new StopSignals(say);
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy =
                    Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (self, method, args) -> {
                        if (method.getName().equals("handle")) {
                            signals.came((String) signal.getMethod("getName").invoke(args[0]), (int)
                                    signal.getMethod("getNumber").invoke(args[0]));
                            return null;
                        }
                        return method.getName().equals("hashCode")
                                ? (Object) System.identityHashCode(self)
                                : method.getName().equals("equals") ? (Object) (self == args[0]) : "stop signals";
                    });
            Method handle = signal.getMethod("handle", signal, handler);
            for (String name : NAMES) {
                handle.invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            }
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("signals cannot be handled: does the JVM run with -Xrs?", e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM has no module jdk.unsupported", e);
        }
        return signals;
    }

    private void came(String name, int number) {
        if (asked.compareAndSet(false, true)) {
            // Said before it is acted on: the process may end at once.
            say.accept("SIG" + name + ": ends after the step under way, with its state kept; once more to end at once");
            first.set("SIG" + name);
        } else {
            StageMain.halt(SHELL_OFFSET + number);
        }
    }

    /** The first signal that came, such as {@code SIGTERM}; empty if none did. */
    public String name() {
        return Objects.requireNonNull(first.get());
    }
}
