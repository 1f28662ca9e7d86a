package viewfit.stages.probe;

import java.util.List;
import java.util.Locale;
import viewfit.core.progress.ProgressLine;
import viewfit.core.table.CsvAppender;
import viewfit.eval.Accuracy;
import viewfit.eval.EvalCurveRow;
import viewfit.eval.EvalStep;
import viewfit.eval.LinearProbe;

/** What is told of a linear probe on its way: the lines of its curve, and now and then one of progress. */
final class ProbeProgress implements LinearProbe.Listener {
    private final ProgressLine progress;
    private final CsvAppender<EvalCurveRow> curve;
    private String last = "";

    ProbeProgress(String cell, int epochs, CsvAppender<EvalCurveRow> curve) {
        this.progress = new ProgressLine("probe " + cell, epochs);
        this.curve = curve;
    }

    @Override
    public void step(EvalStep s) {
        progress.step(s.epoch(), s.step(), s.steps(), s.loss(), last, s.imagesPerSecond(), s.waitShare());
    }

    @Override
    public void epoch(int epoch, double lr, List<Double> losses, List<Accuracy> heldout) {
        curve.append(EvalCurveRow.of(EvalCurveRow.PRETRAINED, epoch, lr, losses.get(0), heldout.get(0)));
        if (losses.size() > 1) {
            curve.append(EvalCurveRow.of(EvalCurveRow.UNTRAINED, epoch, lr, losses.get(1), heldout.get(1)));
        }
        last = String.format(
                Locale.ROOT, "  held-out top-1 %.3f", heldout.get(0).top1());
    }
}
