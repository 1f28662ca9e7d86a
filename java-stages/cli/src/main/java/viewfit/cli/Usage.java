package viewfit.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import viewfit.core.Code;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.Port;
import viewfit.core.contract.StageContract;

/** The {@code --help} page of a stage, drawn from its contract. */
final class Usage {
    private Usage() {}

    static void describe(CommandSpec spec, Stage stage) {
        StageContract contract = stage.contract();
        spec.name("stage " + contract.name());
        spec.version("viewfit " + contract.name() + " " + Code.version());
        spec.usageMessage()
                .description(contract.summary().replace("%", "%%"))
                .abbreviateSynopsis(false)
                .sortOptions(false)
                .width(110)
                .footer(footer(contract, stage.example()));
    }

    private static String[] footer(StageContract contract, String example) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add("Example:");
        example.lines().forEach(line -> lines.add("  " + line));
        lines.add("");
        lines.add("Inputs:");
        ports(lines, contract.inputs(), true);
        lines.add("");
        lines.add("Outputs, below --out, written whole or not at all and read back before the stage ends:");
        ports(lines, contract.outputs(), false);
        lines.add("");
        lines.add("Exit codes:");
        for (ExitCode code : contract.exits()) {
            lines.add(String.format(Locale.ROOT, "  %3d  %s", code.code(), code.description()));
        }
        // Percent signs are picocli's format characters.
        return lines.stream().map(line -> line.replace("%", "%%")).toArray(String[]::new);
    }

    private static void ports(List<String> lines, List<Port> ports, boolean input) {
        for (Port port : ports) {
            String name = input ? "--" + port.name() : port.file();
            String optional = port.required() ? "" : " (optional)";
            lines.add(String.format(
                    Locale.ROOT, "  %-22s %-16s %s%s", name, port.schema(), port.description(), optional));
        }
    }
}
