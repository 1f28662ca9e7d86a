package viewfit.report.page;

import java.util.List;
import java.util.Map;
import viewfit.report.Figures;
import viewfit.report.chart.LineFigure;
import viewfit.report.results.Results;

/** Curves and health panels, two in a row. */
final class TrainingSection {

    private static final Map<String, String> CAPTIONS = Map.of(
            "loss", "At ln K the student predicts nothing; a healthy run falls below it.",
            "knn-by-epoch",
                    "Student backbone, weighted k-NN of the run\u2019s own monitor; epoch 0 is the untrained network.",
            "teacher-entropy",
                    "At ln K the teacher is uniform, at 0 it names one output for every image: both are collapse.",
            "view-correlation",
                    "Of the two global views of an image, less the batch mean. It has to grow in the first steps: at 0 the"
                            + " teacher says nothing about the image.",
            "feature-std", "Near 1/\u221Ad features use all directions; near 0 all images look the same.",
            "learning-rate", "As scheduled: warm-up, then cosine.",
            "throughput", "Images (not views) per second, on the device named below.");

    private TrainingSection() {}

    static String html(Results results, Outputs outputs) {
        List<LineFigure> curves = Figures.curves(results);
        if (curves.isEmpty()) {
            return "";
        }
        StringBuilder html = new StringBuilder("<h2 id=\"training\">Training</h2>\n<div class=\"pair\">\n");
        for (LineFigure curve : curves) {
            html.append(outputs.figure(curve, Outputs.HALF, 330, CAPTIONS.getOrDefault(curve.id(), "")));
        }
        return html.append("</div>\n").toString();
    }
}
