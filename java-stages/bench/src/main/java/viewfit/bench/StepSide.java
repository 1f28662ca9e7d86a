package viewfit.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import viewfit.engine.TorchRuntime;

/** One side of the comparison: a process that steps when asked, and what it took. */
final class StepSide implements AutoCloseable {
    private static @Nullable Map<String, String> instructions;

    private final Peer peer;
    private final String name;
    private final String precision;
    private final boolean ours;
    private final Rounds wall = new Rounds();
    private final Rounds cpu = new Rounds();
    private double memory;

    private StepSide(Peer peer, String prefix, String precision, boolean ours) throws IOException {
        this.peer = peer;
        this.name = prefix + peer.line();
        this.precision = precision;
        this.ours = ours;
    }

    /** Viewfit in a JVM with the options of a stage. */
    static StepSide viewfit(StepJob job, String precision, @Nullable Path weights) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + Places.stageOptions());
        command.add("-Dorg.slf4j.simpleLogger.logFile=System.err");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(StepWorker.class.getName());
        return start(command, job.line(precision, "", weights), "Viewfit, ", precision, true);
    }

    /** Python in one of the modes of {@code reference_step.py}. */
    static StepSide python(String program, StepJob job, String mode, @Nullable Path weights) throws IOException {
        String precision = mode.equals("bf16") ? "bf16" : "fp32";
        List<String> command = List.of(program, Places.python("reference_step.py"));
        String label = mode.equals("bf16") ? "tuned, autocast, " : mode + ", ";
        return start(command, job.line(precision, mode, weights), label, precision, false);
    }

    private static StepSide start(List<String> command, String job, String prefix, String precision, boolean ours)
            throws IOException {
        Peer peer = Peer.start(command, instructions());
        try {
            peer.tell(job);
            return new StepSide(peer, prefix, precision, ours);
        } catch (IOException e) {
            peer.close();
            throw e;
        }
    }

    /**
     * What holds every side to the instructions that ours uses; empty if ours uses all there are. Sides that compute with others
     * cannot be compared.
     */
    static synchronized Map<String, String> instructions() {
        Map<String, String> known = instructions;
        if (known == null) {
            // Only a loaded engine knows.
            try (TorchRuntime runtime = TorchRuntime.open("cpu", 1)) {
                known = runtime.oneDnnEnvironment();
            }
            instructions = known;
        }
        return known;
    }

    String name() {
        return name;
    }

    String precision() {
        return precision;
    }

    boolean ours() {
        return ours;
    }

    Rounds wall() {
        return wall;
    }

    Rounds cpu() {
        return cpu;
    }

    /** Largest resident set of the process, in MiB. */
    double memory() {
        return memory;
    }

    /** Steps that do not count. */
    void warmUp(int steps) throws IOException {
        turn("steps " + steps);
    }

    /**
     * One round; figures in milliseconds per step. Between rounds the process is held: what reads ahead of the steps must not do so
     * in the turn of another side.
     */
    void round(int steps) throws IOException {
        double[] figures = turn("steps " + steps);
        wall.add(1000 * figures[0]);
        cpu.add(1000 * figures[1]);
        memory = figures[3];
    }

    private double[] turn(String question) throws IOException {
        peer.goOn();
        double[] answer = peer.numbers(question);
        peer.hold();
        return answer;
    }

    /** The losses of the next steps. */
    double[] losses(int steps) throws IOException {
        return turn("losses " + steps);
    }

    /** GFLOP/s of a large matrix product and of a convolution. */
    double[] peak() throws IOException {
        return turn("peak");
    }

    /** Multiply-accumulates of a step; ours alone knows. */
    double macs() throws IOException {
        return turn("macs")[0];
    }

    /** Lets our side write what the others start from. */
    void write(Path file) throws IOException {
        peer.goOn();
        peer.tell("write " + file);
        peer.line();
        peer.hold();
    }

    @Override
    public void close() {
        peer.close();
    }
}
