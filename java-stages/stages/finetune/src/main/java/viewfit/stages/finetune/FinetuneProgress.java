package viewfit.stages.finetune;

import java.util.Locale;
import viewfit.core.progress.ProgressLine;
import viewfit.core.table.CsvAppender;
import viewfit.eval.Accuracy;
import viewfit.eval.EvalCurveRow;
import viewfit.eval.EvalStep;
import viewfit.eval.FineTuner;

/** What is told of a fine-tuning on its way: the lines of its curve, and now and then one of progress. */
final class FinetuneProgress implements FineTuner.Listener {
    private final ProgressLine progress;
    private final String network;
    private final CsvAppender<EvalCurveRow> curve;
    private String last = "";

    /**
     * @param label what is fine-tuned, for the lines
     * @param network as in the column of the curve
     */
    FinetuneProgress(String label, int epochs, String network, CsvAppender<EvalCurveRow> curve) {
        this.progress = new ProgressLine(label, epochs);
        this.network = network;
        this.curve = curve;
    }

    @Override
    public void step(EvalStep s) {
        progress.step(s.epoch(), s.step(), s.steps(), s.loss(), last, s.imagesPerSecond(), s.waitShare());
    }

    @Override
    public void epoch(int epoch, double lr, double loss, Accuracy heldout) {
        curve.append(EvalCurveRow.of(network, epoch, lr, loss, heldout));
        last = String.format(Locale.ROOT, "  held-out top-1 %.3f", heldout.top1());
    }
}
