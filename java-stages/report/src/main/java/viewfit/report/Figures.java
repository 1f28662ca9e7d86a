package viewfit.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import viewfit.report.chart.BarFigure;
import viewfit.report.results.Results;
import viewfit.report.values.Text;

/** The bar figures of a report as plain records; {@link Curves} has the others. */
public final class Figures {

    private Figures() {}

    /** Linear and k-NN top-1 on the held-out images, beside the untrained network. */
    public static BarFigure accuracy(Results results) {
        List<BarFigure.Bar> bars = new ArrayList<>();
        List<String> variants = results.variants();
        String[] measures = {Summary.LINEAR, Summary.KNN};
        for (int g = 0; g < measures.length; g++) {
            for (int v = 0; v < variants.size(); v++) {
                List<BarFigure.Run> trained = Summary.trained(results, variants.get(v), measures[g]);
                bars.add(new BarFigure.Bar(
                        g,
                        v,
                        trained,
                        Summary.floor(results, variants.get(v), measures[g]),
                        Summary.note(results, variants.get(v), trained.size())));
            }
        }
        return new BarFigure(
                "accuracy",
                "Frozen backbone, top-1 on held-out images",
                "top-1 accuracy",
                List.of("linear probe", "k-NN"),
                variants,
                bars,
                Summary.chance(results));
    }

    /** Top-1 after fine-tuning on label subsets; null when nobody was fine-tuned. */
    public static @Nullable BarFigure finetune(Results results) {
        List<String> fractions = results.fractions();
        if (fractions.isEmpty()) {
            return null;
        }
        List<String> variants = results.variants();
        List<BarFigure.Bar> bars = new ArrayList<>();
        for (int g = 0; g < fractions.size(); g++) {
            for (int v = 0; v < variants.size(); v++) {
                List<BarFigure.Run> runs = Summary.finetuned(results, variants.get(v), fractions.get(g), "top1");
                bars.add(new BarFigure.Bar(
                        g,
                        v,
                        runs,
                        Summary.finetuneFloor(results, variants.get(v), fractions.get(g), "top1"),
                        Summary.note(results, variants.get(v), runs.size())));
            }
        }
        return new BarFigure(
                "finetune",
                "Fine-tuned on few labels, top-1 on held-out images",
                "top-1 accuracy",
                fractions.stream().map(Text::fraction).toList(),
                variants,
                bars,
                Summary.chance(results));
    }
}
