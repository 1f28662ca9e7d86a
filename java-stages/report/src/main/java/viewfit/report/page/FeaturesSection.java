package viewfit.report.page;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import viewfit.report.results.CellResult;
import viewfit.report.results.Results;

/** What the features of each recipe's first network take for alike: its feature map and its retrieval sheet. */
final class FeaturesSection {

    private FeaturesSection() {}

    static String html(Results results, Outputs outputs) {
        StringBuilder html = new StringBuilder();
        for (String variant : results.variants()) {
            results.of(variant).stream()
                    .filter(c -> c.featureMap() != null || c.retrieval() != null)
                    .findFirst()
                    .ifPresent(cell -> html.append("<h3>")
                            .append(Html.escape(variant))
                            .append("</h3>\n")
                            .append(picture(
                                    outputs,
                                    cell,
                                    "feature-map",
                                    cell.featureMap(),
                                    "Held-out images by their features, coloured by class. Left: the first two principal"
                                            + " components. Right: t-SNE, which keeps neighbours together; distances"
                                            + " between groups and their sizes mean nothing."))
                            .append(picture(
                                    outputs,
                                    cell,
                                    "retrieval",
                                    cell.retrieval(),
                                    "Held-out images and the training images whose features are nearest.")));
        }
        return html.isEmpty()
                ? ""
                : "<h2 id=\"features\">Features</h2>\n<p>What the frozen network takes for alike, one cell of each recipe."
                        + " The planes are made without labels; these only colour them.</p>\n"
                        + html;
    }

    private static String picture(Outputs outputs, CellResult cell, String kind, @Nullable Path png, String caption) {
        String id = cell.cell().id();
        return png == null
                ? ""
                : outputs.picture(
                        kind,
                        id,
                        png,
                        kind.replace('-', ' ') + " of " + id,
                        Html.escape("Cell " + id + ". " + caption));
    }
}
