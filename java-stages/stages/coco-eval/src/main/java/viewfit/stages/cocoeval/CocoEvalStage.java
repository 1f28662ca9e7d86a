package viewfit.stages.cocoeval;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import viewfit.cli.OutputFormat;
import viewfit.cli.OutputFormats;
import viewfit.cli.Stage;
import viewfit.cli.StageMain;
import viewfit.coco.Annotations;
import viewfit.coco.Cells;
import viewfit.coco.ClassScore;
import viewfit.coco.CurvePoint;
import viewfit.coco.Evaluation;
import viewfit.coco.Inputs;
import viewfit.coco.IouType;
import viewfit.coco.Results;
import viewfit.coco.Rules;
import viewfit.coco.Settings;
import viewfit.coco.Summary;
import viewfit.core.contract.Contracts;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;
import viewfit.core.metrics.Provenance;
import viewfit.core.table.CsvTable;
import viewfit.report.chart.Figure;
import viewfit.report.chart.Fonts;

/** Annotations and the results of a detector in, the COCO metric out. */
@Command(name = "coco-eval")
public final class CocoEvalStage extends Stage {
    private static final CsvTable<ClassScore> CLASSES = CsvTable.of(ClassScore.class, "coco-classes/1");
    private static final CsvTable<CurvePoint> CURVES = CsvTable.of(CurvePoint.class, "coco-curves/1");

    @Option(names = "--annotations", required = true, paramLabel = "FILE", description = "True objects.")
    private Path annotations = Path.of("");

    @Option(names = "--results", required = true, paramLabel = "FILE", description = "What the detector found.")
    private Path results = Path.of("");

    @Option(
            names = "--type",
            required = true,
            paramLabel = "TYPE",
            description = "What is compared: bbox (boxes) or segm (masks).")
    private IouType type = IouType.BBOX;

    @Option(
            names = "--proposals",
            description =
                    "Leave classes out of account, as pycocotools does with useCats = 0: AR is that of proposals.")
    private boolean proposals;

    @Option(
            names = "--strict-reference",
            description = "Do what pycocotools does also where it is odd, instead of an error that names the corner;"
                    + " where pycocotools fails, an error (docs/output.md).")
    private boolean strictReference;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the JSON under this name; without --out it is all that is written.")
    private @Nullable Path json;

    @Option(names = "--threads", paramLabel = "N", description = "Worker threads; 0 means all cores (default: 0).")
    private int threads;

    @Spec
    private @Nullable CommandSpec spec;

    public CocoEvalStage() {
        super(
                Contracts.COCO_EVAL,
                "bin/stage coco-eval --annotations instances_val2017.json --results results.json --type segm --out coco");
    }

    public static void main(String[] args) {
        StageMain.run(new CocoEvalStage(), args);
    }

    @Override
    protected OutputFormats formats() {
        return super.formats()
                .with(CocoScores.SCHEMA, OutputFormat.of(CocoScores::read, CocoScores::writeStub))
                .with(CLASSES.schema(), OutputFormat.table(CLASSES))
                .with(CURVES.schema(), OutputFormat.table(CURVES));
    }

    @Override
    protected void checkOptions() {
        if (threads < 0) {
            throw new StageFailure(ExitCode.USAGE, "--threads: found " + threads + ": must be 0 (all cores) or more");
        }
    }

    /** A script that asks for the JSON alone gets no files in the folder it stands in. */
    @Override
    protected boolean writes() {
        return json == null
                || (spec != null && spec.commandLine().getParseResult().hasMatchedOption("--out"));
    }

    @Override
    protected void run() {
        if (writes()) {
            Fonts.require();
        }
        Rules rules = strictReference ? Rules.STRICT_REFERENCE : Rules.SAFE;
        int workers = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
        Inputs inputs = Inputs.read(annotations, results, type, rules, workers);
        Cells cells = Evaluation.run(
                inputs.annotations(), inputs.results(), new Settings(type, proposals, rules, false, workers));
        CocoScores scores = scores(inputs, cells, rules, workers);
        if (json != null) {
            scores.write(json);
            if (!CocoScores.read(json).equals(scores)) {
                throw new StageFailure(ExitCode.IO, json + ": was not read back as written: check the disk");
            }
        }
        if (writes()) {
            write(cells, scores);
        }
        scores.warnings().forEach(line -> say("warning: " + line));
        say(line(scores.stats()));
    }

    private CocoScores scores(Inputs inputs, Cells cells, Rules rules, int workers) {
        Annotations truth = inputs.annotations();
        Results found = inputs.results();
        List<Double> stats = Summary.of(cells);
        List<String> warnings = new ArrayList<>(truth.warnings());
        warnings.addAll(found.warnings());
        List<Double> counted = List.of();
        if (rules == Rules.SAFE && truth.hasIdZero()) {
            counted = Summary.of(Evaluation.run(truth, found, new Settings(type, proposals, rules, true, workers)));
            warnings.add(truth.file() + ": an annotation has the id 0: the reference takes what matches it for a false"
                    + " positive, and so do these numbers: with such matches counted AP is "
                    + number(counted.get(0)) + " instead of " + number(stats.get(0))
                    + ", all of stats-id-zero-counted: number annotations from 1");
        }
        return new CocoScores(
                CocoScores.SCHEMA,
                type,
                rules,
                proposals,
                stats,
                Summary.NAMES,
                counted,
                truth.pictures().size(),
                truth.objects().size(),
                found.detections().size(),
                warnings,
                ClassScore.of(cells, truth, found),
                inputs.annotationsSha256(),
                inputs.resultsSha256(),
                Provenance.ofCode("", 0));
    }

    private void write(Cells cells, CocoScores scores) {
        Map<String, String> header = new LinkedHashMap<>();
        header.put("annotations-sha256", scores.annotationsSha256());
        header.put("results-sha256", scores.resultsSha256());
        header.put("provenance", scores.provenance().toJson());
        CLASSES.write(out().resolve("coco-classes.csv"), header, scores.classes());
        CURVES.write(out().resolve("coco-curves.csv"), header, CurvePoint.of(cells));
        Figure figure = CurveFigure.of(cells, type, proposals);
        AtomicFiles.writeBytes(out().resolve("coco-curves.png"), figure.png(CurveFigure.WIDTH, CurveFigure.HEIGHT));
        AtomicFiles.writeBytes(out().resolve("coco-curves.svg"), figure.svg(CurveFigure.WIDTH, CurveFigure.HEIGHT));
        scores.write(out().resolve("coco-eval.json"));
    }

    private static String line(List<Double> stats) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < stats.size(); i++) {
            line.append(i == 0 ? "" : ", ")
                    .append(Summary.NAMES.get(i))
                    .append(' ')
                    .append(number(stats.get(i)));
        }
        return line.toString();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
