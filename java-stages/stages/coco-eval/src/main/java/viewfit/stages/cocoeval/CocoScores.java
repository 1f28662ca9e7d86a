package viewfit.stages.cocoeval;

import java.nio.file.Path;
import java.util.List;
import viewfit.coco.Cells;
import viewfit.coco.ClassScore;
import viewfit.coco.IouType;
import viewfit.coco.Rules;
import viewfit.coco.Summary;
import viewfit.core.metrics.Json;
import viewfit.core.metrics.Provenance;

/**
 * The numbers of one evaluation, {@code coco-eval.json}.
 *
 * @param schema {@code coco-eval/1}
 * @param proposals whether classes were left out of account
 * @param stats twelve numbers in the order of pycocotools; -1 where there is no object
 * @param statNames their names
 * @param statsIdZeroCounted the same with matches to an annotation 0 counted; empty if there is no such annotation
 * @param warnings one line each
 * @param classes the same numbers by class; with proposals one row for all
 */
public record CocoScores(
        String schema,
        IouType type,
        Rules rules,
        boolean proposals,
        List<Double> stats,
        List<String> statNames,
        List<Double> statsIdZeroCounted,
        long images,
        long objects,
        long detections,
        List<String> warnings,
        List<ClassScore> classes,
        String annotationsSha256,
        String resultsSha256,
        Provenance provenance) {
    static final String SCHEMA = "coco-eval/1";

    public CocoScores {
        if (!schema.equals(SCHEMA)) {
            throw new IllegalArgumentException("schema: found '" + schema + "': must be " + SCHEMA);
        }
        stats = List.copyOf(stats);
        statNames = List.copyOf(statNames);
        if (stats.size() != Summary.NAMES.size() || !statNames.equals(Summary.NAMES)) {
            throw new IllegalArgumentException("stats: found " + statNames + ": must be those of " + Summary.NAMES);
        }
        statsIdZeroCounted = List.copyOf(statsIdZeroCounted);
        warnings = List.copyOf(warnings);
        classes = List.copyOf(classes);
    }

    /** Reads and checks such a file. */
    static CocoScores read(Path file) {
        return Json.read(file, CocoScores.class);
    }

    void write(Path file) {
        Json.write(file, this);
    }

    /** What a dry run writes: nothing was evaluated. */
    static void writeStub(Path file) {
        List<Double> none = Summary.NAMES.stream().map(name -> Cells.NONE).toList();
        new CocoScores(
                        SCHEMA,
                        IouType.BBOX,
                        Rules.SAFE,
                        false,
                        none,
                        Summary.NAMES,
                        List.of(),
                        0,
                        0,
                        0,
                        List.of("stub run: nothing was evaluated"),
                        List.of(),
                        "",
                        "",
                        Provenance.ofCode("", 0))
                .write(file);
    }
}
