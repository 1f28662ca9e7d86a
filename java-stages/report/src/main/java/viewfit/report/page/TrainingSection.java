package viewfit.report.page;

import java.util.List;
import java.util.Map;
import viewfit.report.Curves;
import viewfit.report.chart.LineFigure;
import viewfit.report.results.Results;

/** Curves and health panels, two in a row. */
final class TrainingSection {

    private static final Map<String, String> CAPTIONS = Map.ofEntries(
            Map.entry(
                    "loss",
                    "At ln K the network says nothing; a healthy run falls below it. K counts the outputs (dino),"
                            + " prototypes (swav), key and negatives (moco) or classes (supervised). Losses of different"
                            + " methods do not compare."),
            Map.entry(
                    "knn-by-epoch",
                    "Student backbone, weighted k-NN of the run\u2019s own monitor; epoch 0 is the untrained network."),
            Map.entry("online-probe", "A linear classifier that learns beside the method and does not touch it."),
            Map.entry(
                    "train-top1",
                    "moco: the key is found among the negatives, easy in the first steps, while these are random;"
                            + " supervised: the class."),
            Map.entry(
                    "teacher-entropy",
                    "The teacher\u2019s distributions (dino) or the codes (swav). At ln K they are uniform, at 0 one output"
                            + " has everything: both are collapse if all images get the same."),
            Map.entry(
                    "view-correlation",
                    "Of the two global views of an image, less the batch mean. It has to grow in the first steps: at 0 the"
                            + " teacher says nothing about the image."),
            Map.entry(
                    "prototypes",
                    "Exponential of the entropy of the mean prediction: 1 is collapse, all are the most."),
            Map.entry("prototypes-used", "Counted over the epochs since the point before."),
            Map.entry("feature-std", "Near 1/\u221Ad features use all directions; near 0 all images look the same."),
            Map.entry("feature-cosine", "Of the features of two different images: at 1 all images look the same."),
            Map.entry("learning-rate", "As scheduled."),
            Map.entry("throughput", "Images (not views) per second, on the device named below."),
            Map.entry(
                    "data-wait",
                    "How long the trainer waited for the next views: near 0 the processor that makes them keeps up."));

    private TrainingSection() {}

    static String html(Results results, Outputs outputs) {
        List<LineFigure> curves = Curves.figures(results);
        if (curves.isEmpty()) {
            return "";
        }
        StringBuilder html = new StringBuilder("<h2 id=\"training\">Training</h2>\n<div class=\"pair\">\n");
        for (LineFigure curve : curves) {
            String caption = CAPTIONS.getOrDefault(curve.id(), "") + unmeasured(Curves.unmeasured(results, curve));
            html.append(outputs.figure(curve, Outputs.HALF, 330, caption));
        }
        html.append("</div>\n");
        List<String> leftOut = Curves.leftOut(results);
        if (!leftOut.isEmpty()) {
            html.append("<p class=\"note\">Measured by none of these runs, hence without a figure: ")
                    .append(Html.escape(String.join(", ", leftOut)))
                    .append(".</p>\n");
        }
        return html.toString();
    }

    private static String unmeasured(List<String> names) {
        return names.isEmpty() ? "" : " Not measured: " + Html.escape(String.join(", ", names)) + ".";
    }
}
