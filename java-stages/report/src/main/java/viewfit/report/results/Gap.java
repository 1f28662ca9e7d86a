package viewfit.report.results;

import java.util.ArrayList;
import java.util.List;

/**
 * A task of a cell that failed for good, while the sweep went on: a row of {@code failed.csv}, which the pipeline writes.
 *
 * @param cell the cell whose task it was
 * @param stage what failed: {@code pretrain}, {@code probe}, {@code finetune} ...
 * @param part which of several tasks of the stage, such as a label fraction; may be empty
 * @param exit exit code; empty when the task left none
 * @param reason one line
 */
public record Gap(String cell, String stage, String part, String exit, String reason) {

    static List<Gap> read(ResultTable table) {
        List<Gap> gaps = new ArrayList<>();
        for (int i = 0; i < table.rows().size(); i++) {
            gaps.add(new Gap(
                    table.text("cell").get(i),
                    table.text("stage").get(i),
                    table.text("part").get(i),
                    table.text("exit").get(i),
                    table.text("reason").get(i)));
        }
        return gaps;
    }

    /** {@code finetune 1pct failed, exit code 137: killed: out of memory}. */
    public String sentence() {
        return stage + (part.isEmpty() ? "" : " " + part) + " failed" + (exit.isEmpty() ? "" : ", exit code " + exit)
                + ": " + reason;
    }
}
