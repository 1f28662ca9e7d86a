package viewfit.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import viewfit.core.contract.ExitCode;

/** Runs a stage as a process: parses the command line, turns every ending into its exit code and one line on stderr. */
public final class StageMain {
    private StageMain() {}

    /** Runs the stage and ends the process; the only place in Viewfit that does. */
    public static void run(Stage stage, String... args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = execute(stage, out, err, args);
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
        try {
            return commandLine(stage, failures, args).setOut(out).setErr(err).execute(args);
        } catch (OutOfMemoryError e) {
            return failures.say(ExitCode.HEAP, "the Java heap is exhausted: give the stage more memory");
        } catch (Throwable e) {
            return failures.bug(e);
        }
    }

    static CommandLine commandLine(Stage stage, Failures failures, String... args) {
        CommandLine command = new CommandLine(stage);
        command.setCaseInsensitiveEnumValuesAllowed(true);
        command.setUsageHelpAutoWidth(true);
        CommandSpec spec = command.getCommandSpec();
        spec.addMixin("standard", CommandSpec.forAnnotatedObject(new StandardHelp()));
        Usage.describe(spec, stage);
        for (String arg : args) {
            if (arg.equals("--stub")) {
                requireNothing(spec);
            }
        }
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
