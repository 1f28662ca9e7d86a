package viewfit.stages.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import viewfit.cli.Stage;
import viewfit.cli.StageMain;
import viewfit.core.contract.Contracts;
import viewfit.report.page.ReportWriter;
import viewfit.report.results.ResultReader;

/** {@code bin/stage report}: results of all cells in, one HTML page with its figures and tables out. */
@Command(name = "report")
public final class ReportStage extends Stage {
    @Option(
            names = "--cells",
            paramLabel = "FILE",
            description = "Table of the cells asked for, so that one without results shows as a gap"
                    + " (default: cells.csv found in the inputs, else the cells that have results).")
    private @Nullable Path cells;

    @Option(
            names = "--inputs",
            required = true,
            arity = "1..*",
            paramLabel = "DIR",
            description = "Folders with the results of the other stages, their recipes and split.json, in any layout:"
                    + " files are recognised by the schema and the cell they name.")
    private List<Path> inputs = new ArrayList<>();

    @Option(
            names = "--title",
            paramLabel = "TEXT",
            description = "Heading of the page (default: \"Pre-training report\").")
    private String title = "Pre-training report";

    @Option(
            names = "--command",
            paramLabel = "TEXT",
            description = "How the run was started, to stand on the page (default: nothing).")
    private String command = "";

    public ReportStage() {
        super(Contracts.REPORT, "bin/stage report --cells results/grid/cells.csv --inputs results --out results");
    }

    @Override
    protected void run() {
        ReportWriter.write(ResultReader.read(cells, inputs), title, command, out());
    }

    public static void main(String[] args) {
        StageMain.run(new ReportStage(), args);
    }
}
