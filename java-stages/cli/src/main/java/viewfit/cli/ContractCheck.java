package viewfit.cli;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.OptionSpec;
import viewfit.core.contract.Port;

/** Holds the command line of a stage to its contract; for tests. */
public final class ContractCheck {
    private ContractCheck() {}

    /** Every difference between the inputs of the contract and the options of the command line; empty if none. */
    public static List<String> differences(Stage stage) {
        Failures silent = new Failures(stage.contract().name(), new PrintWriter(Writer.nullWriter()));
        List<String> problems = new ArrayList<>();
        var options = StageMain.commandLine(stage, silent).getCommandSpec().optionsMap();
        for (Port port : stage.contract().inputs()) {
            OptionSpec option = options.get("--" + port.name());
            if (option == null) {
                problems.add("--" + port.name() + ": in the contract, not on the command line");
            } else if (option.required() != port.required()) {
                problems.add("--" + port.name() + ": required is " + option.required() + ", contract says "
                        + port.required());
            }
        }
        for (OptionSpec option : options.values()) {
            String name = option.longestName().replaceFirst("^--", "");
            if (option.required()
                    && stage.contract().inputs().stream()
                            .noneMatch(p -> p.name().equals(name))) {
                problems.add("--" + name + ": required on the command line, not an input of the contract");
            }
        }
        return problems;
    }

    /** The option names of a stage, for checks against its Nextflow module. */
    public static List<String> optionNames(Stage stage) {
        Failures silent = new Failures(stage.contract().name(), new PrintWriter(Writer.nullWriter()));
        return List.copyOf(StageMain.commandLine(stage, silent)
                .getCommandSpec()
                .optionsMap()
                .keySet());
    }
}
