package viewfit.eval;

import java.util.ArrayList;
import java.util.List;

/**
 * What the fast probe says about one backbone.
 *
 * @param rates learning rates of the recipe
 * @param lrs the same for the batch really taken
 * @param losses mean training loss of the last epoch per rate, in nats; NaN if it was not finite
 * @param choices top-1 on the training images that were kept apart to choose the rate, in 0 .. 1; 0 if the loss was not finite
 * @param accuracies held-out accuracy per rate; 0 if the loss was not finite
 * @param best index of the chosen rate, the lowest of equals
 * @param logits held-out logits of that rate, row-major [images, classes]
 */
@SuppressWarnings("ArrayRecordComponent") // Shared with those who asked.
public record FastScores(
        List<Double> rates,
        List<Double> lrs,
        List<Double> losses,
        List<Double> choices,
        List<Accuracy> accuracies,
        int best,
        float[] logits) {
    public FastScores {
        rates = List.copyOf(rates);
        lrs = List.copyOf(lrs);
        losses = List.copyOf(losses);
        choices = List.copyOf(choices);
        accuracies = List.copyOf(accuracies);
    }

    /** Held-out accuracy of the chosen rate. */
    public Accuracy accuracy() {
        return accuracies.get(best);
    }

    /** That rate, as the recipe has it. */
    public double rate() {
        return rates.get(best);
    }

    /** A row per rate. */
    public List<FastRate> rows(String network) {
        List<FastRate> rows = new ArrayList<>();
        for (int r = 0; r < rates.size(); r++) {
            boolean finite = Double.isFinite(losses.get(r));
            Accuracy accuracy = accuracies.get(r);
            rows.add(new FastRate(
                    network,
                    rates.get(r),
                    lrs.get(r),
                    losses.get(r),
                    choices.get(r),
                    finite ? accuracy.top1() : Double.NaN,
                    finite ? accuracy.top5() : Double.NaN,
                    r == best));
        }
        return rows;
    }
}
