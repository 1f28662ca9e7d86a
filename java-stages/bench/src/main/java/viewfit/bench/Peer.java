package viewfit.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Another process that is told lines and answers with lines; what it has to complain goes to our error stream. */
final class Peer implements AutoCloseable {
    private final Process process;
    private final Writer in;
    private final BufferedReader out;

    private Peer(Process process) {
        this.process = process;
        this.in = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
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

    /** Ends it, and waits until its memory and processor are free again. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
