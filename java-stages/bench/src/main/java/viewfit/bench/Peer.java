package viewfit.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Another process that is told lines and answers with lines; what it has to complain goes to our error stream. */
final class Peer implements AutoCloseable {
    private final Process process;
    private final Writer in;
    private final BufferedReader out;
    /** One that is held would outlive us: it does not hear that nobody talks to it. */
    private final Thread end = new Thread(this::end);

    private Peer(Process process) {
        this.process = process;
        this.in = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        Runtime.getRuntime().addShutdownHook(end);
    }

    /** Starts it, with these variables beside those of our environment. */
    static Peer start(List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        return new Peer(builder.start());
    }

    void tell(String line) throws IOException {
        in.write(line + "\n");
        in.flush();
    }

    /**
     * Its next line.
     *
     * @throws IOException if it ended
     */
    String line() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException("it ended before it answered, its complaint is above");
        }
        return line;
    }

    /** Asks for a line of numbers separated by spaces. */
    double[] numbers(String question) throws IOException {
        tell(question);
        String[] words = line().split(" ", -1);
        double[] values = new double[words.length];
        for (int i = 0; i < words.length; i++) {
            values[i] = words[i].equals("nan") ? Double.NaN : Double.parseDouble(words[i]);
        }
        return values;
    }

    /** Holds it where it stands, and what it started too: until it goes on, others have the processor to themselves. */
    void hold() throws IOException {
        signal("STOP");
    }

    /** Lets it go on. */
    void goOn() throws IOException {
        signal("CONT");
    }

    private void signal(String name) throws IOException {
        String processes = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .map(one -> Long.toString(one.pid()))
                .collect(Collectors.joining(" "));
        // The shell's own: there may be no program of that name. One that ended meanwhile is no trouble.
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + processes)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .onExit()
                .join();
    }

    /** Ends it and what it started, and waits until its memory and processor are free again. */
    @Override
    public void close() {
        end();
        process.onExit().join();
        try {
            Runtime.getRuntime().removeShutdownHook(end);
        } catch (IllegalStateException e) {
            // We are being ended ourselves.
        }
    }

    private void end() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
