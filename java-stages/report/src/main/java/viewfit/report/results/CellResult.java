package viewfit.report.results;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import viewfit.core.metrics.Outcome;

/**
 * Everything found for one cell; what is absent is null or empty, never invented.
 *
 * @param cell the cell asked for
 * @param pretrain how the training ended
 * @param probe linear and k-NN scores, trained and untrained
 * @param finetune scores by label fraction, such as {@code 1pct}
 * @param curve per-step losses, schedules and health
 * @param monitor per-epoch k-NN
 * @param views sampled views with boxes and pixel scales
 * @param viewsPng contact sheet of those views
 * @param pixelScales ratios of the pixel scales of its views, for the first cell with each set of views
 * @param export manifest of the exported backbone
 * @param recipe complete recipe by dotted key; empty when the recipe file was not given
 * @param divergence what was going on when the run diverged
 * @param answers which held-out images a classifier gets right, by classifier: {@code linear}, {@code fast}
 * @param featureMap picture of the held-out images by their features
 * @param retrieval picture of a few of them and their nearest training images
 */
public record CellResult(
        Cell cell,
        @Nullable Scored pretrain,
        @Nullable Scored probe,
        Map<String, Scored> finetune,
        @Nullable Curve curve,
        @Nullable ResultTable monitor,
        @Nullable ResultTable views,
        @Nullable Path viewsPng,
        @Nullable PixelScaleFiles pixelScales,
        @Nullable JsonNode export,
        Map<String, String> recipe,
        @Nullable Path divergence,
        Map<String, Answers> answers,
        @Nullable Path featureMap,
        @Nullable Path retrieval) {

    /** How far a cell came. */
    public enum Status {
        OK("done"),
        DIVERGED("diverged"),
        /** Successive halving let others go on. */
        STOPPED("stopped early"),
        MISSING("without result");

        private final String words;

        Status(String words) {
            this.words = words;
        }

        /** As in {@code 2 without result}. */
        public String words() {
            return words;
        }
    }

    /** The same under another name of what is compared. */
    public CellResult withVariant(String variant) {
        Cell named = new Cell(cell.id(), cell.recipe(), variant, cell.seed(), cell.axes(), cell.recipeSha256());
        return new CellResult(
                named,
                pretrain,
                probe,
                finetune,
                curve,
                monitor,
                views,
                viewsPng,
                pixelScales,
                export,
                recipe,
                divergence,
                answers,
                featureMap,
                retrieval);
    }

    public Status status() {
        if (pretrain == null && probe == null) {
            return Status.MISSING;
        }
        return switch (pretrain == null ? Outcome.OK : pretrain.metrics().outcome()) {
            case OK -> Status.OK;
            case DIVERGED -> Status.DIVERGED;
            case PAUSED -> Status.STOPPED;
        };
    }

    /** Images, not views, that training went through in a second; NaN if nobody measured. */
    public double imagesPerSecond() {
        return overall("images-per-second", "images_per_second");
    }

    /** Share of its time that training waited for views; NaN if nobody measured. */
    public double dataWaitShare() {
        return overall("data-wait-share", "data_wait_share");
    }

    /** The stage's own figure; it is of the last process alone, so that of a resumed run, as without one, the curve's mean counts. */
    private double overall(String key, String column) {
        double value = pretrain == null ? Double.NaN : pretrain.value(key);
        boolean resumed = pretrain != null && pretrain.count("resumed-at-step") > 0;
        return (resumed || !Double.isFinite(value)) && curve != null && curve.has(column) ? curve.mean(column) : value;
    }

    /** The method, by the recipe or the exported network; empty when neither was given. */
    public String method() {
        return named("method.name", "method");
    }

    /** The backbone, by the recipe or the exported network; empty when neither was given. */
    public String backbone() {
        return named("backbone.name", "arch");
    }

    private String named(String recipeKey, String exportKey) {
        String value = recipe.getOrDefault(recipeKey, "");
        return value.isEmpty() && export != null ? export.path(exportKey).asText() : value;
    }

    /**
     * The value of a key as a grid spells it ({@code views.groups.2.size}), of a named axis, or of {@code recipe}; empty when
     * unknown.
     */
    public String setting(String key) {
        if (key.equals("recipe")) {
            return cell.recipe();
        }
        String value = recipe.get(RecipeKeys.spelled(key));
        return value == null ? cell.axes().getOrDefault(key, "") : value;
    }

    /** Whether the training said of itself that it collapsed; its scores count, for they are what collapse costs. */
    public boolean collapsed() {
        return pretrain != null && pretrain.count("collapsed") > 0;
    }

    /** The probe of a run that ended well; a diverged run has no accuracy worth a mean. */
    public @Nullable Scored scoredProbe() {
        return usable(probe) ? probe : null;
    }

    /** The fine-tuning of a run that ended well, by fraction. */
    public @Nullable Scored scoredFinetune(String fraction) {
        Scored scored = finetune.get(fraction);
        return usable(scored) ? scored : null;
    }

    /** Every metrics file of this cell, in stage order. */
    public List<Scored> scores() {
        List<Scored> scores = new ArrayList<>();
        if (pretrain != null) {
            scores.add(pretrain);
        }
        if (probe != null) {
            scores.add(probe);
        }
        scores.addAll(finetune.values());
        return scores;
    }

    private boolean usable(@Nullable Scored scored) {
        return status() == Status.OK && scored != null && scored.metrics().outcome() == Outcome.OK;
    }
}
