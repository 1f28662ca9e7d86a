package viewfit.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.recipe.Spelling;

/** What is said on stderr and which code is returned when a stage does not end well. */
final class Failures {
    /** Names of constants as picocli lists them; in a command line they are small. */
    private static final Pattern CONSTANTS = Pattern.compile("(?<=expected one of )\\[[A-Z0-9_, ]+\\]");

    private final String stage;
    private final String command;
    private final PrintWriter err;

    Failures(String stage, PrintWriter err) {
        this(stage, "bin/stage " + stage, err);
    }

    /** @param command what to call for the options */
    Failures(String stage, String command, PrintWriter err) {
        this.stage = stage;
        this.command = command;
        this.err = err;
    }

    int handle(Throwable e) {
        if (e instanceof StageFailure failure) {
            return say(failure.exitCode(), String.valueOf(failure.getMessage()));
        }
        if (e instanceof UncheckedIOException unchecked && unchecked.getCause() != null) {
            return handle(unchecked.getCause());
        }
        if (e instanceof NoSuchFileException || e instanceof FileNotFoundException) {
            return say(ExitCode.NO_INPUT, e.getMessage() + ": does not exist: must be there");
        }
        if (e instanceof AccessDeniedException) {
            return say(ExitCode.IO, e.getMessage() + ": access denied: must be allowed");
        }
        if (e instanceof IOException) {
            return say(ExitCode.IO, e.getMessage() + ": reading or writing failed: the disk must work and have space");
        }
        return bug(e);
    }

    /** One line; several problems of one file stay on a line each. */
    int say(ExitCode code, String message) {
        message.lines().forEach(line -> err.println(stage + ": " + line));
        err.flush();
        return code.code();
    }

    int bug(Throwable e) {
        if (unreadablePage(e)) {
            return say(
                    ExitCode.IO,
                    "a mapped file cannot be read (a page is not there): the disk and the file must be whole");
        }
        err.println(stage + ": unexpected error, please report it with this trace: " + e);
        e.printStackTrace(err);
        err.flush();
        return ExitCode.BUG.code();
    }

    /** The virtual machine may tell of a page that the disk did not deliver long after the read, and anywhere. */
    private static boolean unreadablePage(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof InternalError
                    && String.valueOf(cause.getMessage()).contains("unsafe memory access")) {
                return true;
            }
        }
        return false;
    }

    /** Names the typo rather than its consequence: an unknown option comes before the one that is missing for it. */
    int usage(ParameterException e, String[] args) {
        Map<String, OptionSpec> options = e.getCommandLine().getCommandSpec().optionsMap();
        List<String> unknown = new ArrayList<>();
        for (String arg : args) {
            String name = arg.replaceFirst("=.*", "");
            if (name.startsWith("--") && name.length() > 2 && !options.containsKey(name)) {
                String meant = Spelling.nearest(name, options.keySet());
                unknown.add("unknown option '" + name + "'" + (meant == null ? "" : ", did you mean '" + meant + "'?"));
            }
        }
        String message = unknown.isEmpty() ? firstLine(e) : String.join("; ", unknown);
        return say(ExitCode.USAGE, message + " (options: " + command + " --help)");
    }

    private static String firstLine(ParameterException e) {
        String message = e.getMessage();
        return message == null
                ? "wrong usage"
                : CONSTANTS
                        .matcher(message.lines().findFirst().orElse("wrong usage"))
                        .replaceAll(names -> names.group().toLowerCase(Locale.ROOT));
    }
}
