package viewfit.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import viewfit.core.contract.ExitCode;

/** Runs a stage as a process: parses the command line, turns every ending into its exit code and one line on stderr. */
public final class StageMain {
    private StageMain() {}

    /** What ends with a code, given where to write. */
    private interface Ending {
        int code(PrintWriter out, PrintWriter err);
    }

    /** Runs the stage and ends the process. */
    public static void run(Stage stage, String... args) {
        end((out, err) -> execute(stage, out, err, args));
    }

    /** Runs a program that is no stage, since it only looks on, and ends the process. */
    public static void runProgram(String name, Callable<Integer> program, String... args) {
        end((out, err) -> execute(name, program, out, err, args));
    }

    /** The only place in Viewfit that ends a process that moves. */
    private static void end(Ending ending) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = ending.code(out, err);
        out.flush();
        err.flush();
        System.exit(code);
    }

    /** Ends the process without waiting for anything. */
    static void halt(int code) {
        Runtime.getRuntime().halt(code);
    }

    /** Runs the stage and returns the exit code; for tests and for {@link #run}. */
    public static int execute(Stage stage, PrintWriter out, PrintWriter err, String... args) {
        Failures failures = new Failures(stage.contract().name(), err);
        stage.sayTo(err, out);
        return execute(failures, () -> commandLine(stage, failures, args), out, err, args);
    }

    /**
     * Runs a program of {@code bin/viewfit} and returns the exit code; for tests and for {@link #runProgram}.
     *
     * @param program a command of picocli
     */
    public static int execute(
            String name, Callable<Integer> program, PrintWriter out, PrintWriter err, String... args) {
        Failures failures = new Failures(name, "bin/viewfit " + name, err);
        return execute(failures, () -> handled(new CommandLine(program), failures), out, err, args);
    }

    private static int execute(
            Failures failures, Supplier<CommandLine> command, PrintWriter out, PrintWriter err, String... args) {
        try {
            return command.get().setOut(out).setErr(err).execute(args);
        } catch (OutOfMemoryError e) {
            return failures.say(ExitCode.HEAP, "the Java heap is exhausted: give the stage more memory");
        } catch (Throwable e) {
            return failures.bug(e);
        }
    }

    static CommandLine commandLine(Stage stage, Failures failures, String... args) {
        CommandLine command = handled(new CommandLine(stage), failures);
        CommandSpec spec = command.getCommandSpec();
        Usage.describe(spec, stage);
        for (String arg : args) {
            if (arg.equals("--stub")) {
                requireNothing(spec);
            }
        }
        return command;
    }

    /** With the options of every program, and every ending as its code and one line. */
    private static CommandLine handled(CommandLine command, Failures failures) {
        command.setCaseInsensitiveEnumValuesAllowed(true);
        command.setUsageHelpAutoWidth(true);
        command.getCommandSpec().addMixin("standard", CommandSpec.forAnnotatedObject(new StandardHelp()));
        // An own handler for wrong usage: picocli would otherwise pass these to the mapper of execution errors too.
        command.setParameterExceptionHandler((ParameterException e, String[] given) -> failures.usage(e, given));
        command.setExecutionExceptionHandler((e, line, parsed) -> failures.handle(e));
        return command;
    }

    /** A stub run reads nothing, so it needs no input options. */
    private static void requireNothing(CommandSpec spec) {
        for (OptionSpec option :
                spec.options().stream().filter(OptionSpec::required).toList()) {
            spec.remove(option);
            spec.addOption(OptionSpec.builder(option).required(false).build());
        }
    }

    /** {@code --help} and {@code --version}. */
    @CommandLine.Command(mixinStandardHelpOptions = true)
    private static final class StandardHelp {}
}
