package viewfit.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The same work in Python with Pillow, and torchvision where there is one, as a process that does a round whenever it is asked. It
 * measures its own processor time, so that its start does not count.
 */
final class Reference implements AutoCloseable {
    private final Process process;
    private final Writer in;
    private final BufferedReader out;
    private final String versions;

    private Reference(Process process) throws IOException {
        this.process = process;
        this.in = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.versions = line();
    }

    /** Starts the program; its first lines are the folder and the files. */
    static Reference start(String python, Photographs photographs) throws IOException {
        String folder = System.getenv().getOrDefault("VIEWFIT_BENCH", "java-stages/bench");
        Path script = Path.of(folder, "src", "main", "python", "reference_views.py");
        Process process = new ProcessBuilder(python, script.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Reference reference = new Reference(process);
        reference.ask(photographs.root().toAbsolutePath().toString());
        for (String path : photographs.paths()) {
            reference.ask(path);
        }
        reference.ask("");
        return reference;
    }

    /** What is measured against: versions of Python's libraries. */
    String versions() {
        return versions;
    }

    /** Does one round and gives its figures. */
    double[] round(String work) throws IOException {
        ask(work);
        String[] figures = line().split(" ", -1);
        double[] values = new double[figures.length];
        for (int i = 0; i < figures.length; i++) {
            values[i] = figures[i].equals("nan") ? Double.NaN : Double.parseDouble(figures[i]);
        }
        return values;
    }

    private void ask(String text) throws IOException {
        in.write(text + "\n");
        in.flush();
    }

    private String line() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException("the Python side ended");
        }
        return line;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
