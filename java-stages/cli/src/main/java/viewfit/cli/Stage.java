package viewfit.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.Port;
import viewfit.core.contract.StageContract;

/**
 * The base of every stage: its contract, the options all stages share ({@code --out}, {@code --stub}), and the order of a run: work, then re-read every
 * declared output by its schema, then exit 0.
 *
 * <p>A subclass adds one {@code @Option} per input of its contract, named after it, and {@link #run()}.
 */
public abstract class Stage implements Callable<Integer> {
    private final StageContract contract;
    private final String example;
    private PrintWriter err = new PrintWriter(Writer.nullWriter());
    private PrintWriter answers = new PrintWriter(Writer.nullWriter());

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder the outputs are written to (default: the current one).")
    private Path out = Path.of("");

    @Option(
            names = "--stub",
            description = "Write the smallest valid outputs and nothing else; for dry runs of the workflow.")
    private boolean stub;

    /**
     * @param contract the promises of this stage
     * @param example a complete command line, shown by {@code --help}
     */
    protected Stage(StageContract contract, String example) {
        this.contract = contract;
        this.example = example;
    }

    /** Does the work: reads the inputs and writes every declared output below {@link #out()}. */
    protected abstract void run() throws IOException;

    /** Called last, when every output is there and was read back. */
    protected void done() throws IOException {}

    /** Refuses option values that picocli let through, before anything is touched; a stub run has none. */
    protected void checkOptions() {}

    /** Whether this run writes the outputs; one that only looks at earlier ones leaves them and is not held to them. */
    protected boolean writes() {
        return true;
    }

    /** How outputs are verified and stubbed; stages add the schemas of their own libraries. */
    protected OutputFormats formats() {
        return OutputFormats.standard();
    }

    @Override
    public final Integer call() throws IOException {
        if (!stub) {
            checkOptions();
        }
        OutputVerifier outputs = new OutputVerifier(contract, formats());
        if (stub) {
            outputs.writeStubs(out);
        } else if (writes()) {
            removeEarlierOutputs();
            run();
        } else {
            run();
            return ExitCode.OK.code();
        }
        outputs.verify(out);
        if (!stub && writes()) {
            done();
        }
        return ExitCode.OK.code();
    }

    /** What an earlier run left under the names of this one's outputs must not pass for its results, if it fails. */
    private void removeEarlierOutputs() throws IOException {
        for (Port port : contract.outputs()) {
            Path file = out.resolve(port.file());
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                Files.delete(file);
            }
        }
    }

    public final StageContract contract() {
        return contract;
    }

    /** Where {@link #say} and {@link #answer} print. */
    final void sayTo(PrintWriter forPeople, PrintWriter forAnswers) {
        this.err = forPeople;
        this.answers = forAnswers;
    }

    /** Prints one line on stdout: what a run that writes no outputs was asked for. */
    protected final void answer(String line) {
        answers.println(line);
        answers.flush();
    }

    /** Prints one line for people on stderr; whatever a program might read belongs into an output. */
    protected final void say(String line) {
        err.println(contract.name() + ": " + line);
        err.flush();
    }

    /** Says a last line and ends the process at once, whatever its threads are at: for one that no longer moves. */
    protected final void leave(ExitCode code, String line) {
        say(line);
        StageMain.halt(code.code());
    }

    final String example() {
        return example;
    }

    /** Folder the outputs are written to. */
    protected final Path out() {
        return out;
    }
}
