package viewfit.stages.grid;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.grid.Cell;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.core.recipe.ViewGroup;
import viewfit.views.MultiCropLoader;
import viewfit.zoo.StepCost;

/**
 * What the pre-training of a sweep costs. An operation is half a multiply-accumulate of the graphs at the sizes of the recipe's
 * views; a backward pass is two forward passes ({@link StepCost}).
 *
 * @param lines one for each cell
 */
record Plan(List<Line> lines) {
    /**
     * The cost of one cell.
     *
     * @param cell the cell
     * @param images how many it sees, over all epochs
     * @param flopsPerImage operations for one image with all its views
     * @param hours NaN if no speed is known
     */
    record Line(Cell cell, long images, double flopsPerImage, double hours) {
        double flops() {
            return images * flopsPerImage;
        }

        /** Number and side of its views, such as {@code 2x224 6x128}. */
        String views() {
            Map<Integer, Integer> counts = new LinkedHashMap<>();
            for (ViewGroup group : cell.recipe().views().groups()) {
                counts.merge(group.size(), group.count(), Integer::sum);
            }
            List<String> words = new ArrayList<>();
            counts.forEach((size, count) -> words.add(count + "x" + size));
            return String.join(" ", words);
        }
    }

    /**
     * Reckons.
     *
     * @param cells all cells
     * @param images to train on
     * @throws StageFailure {@link ExitCode#BAD_RECIPE} if a batch is larger than the data set
     */
    static Plan of(List<Cell> cells, PlanOptions.Images images, Speed speed) {
        List<Line> lines = new ArrayList<>();
        for (Cell cell : cells) {
            PretrainRecipe recipe = cell.recipe();
            int batch = recipe.batchSize();
            long steps = MultiCropLoader.stepsPerEpoch(images.train(), batch);
            if (steps < 1) {
                throw new StageFailure(
                        ExitCode.BAD_RECIPE,
                        cell.row().cell() + ": batch-size: found " + batch + ": must be at most " + images.train()
                                + ", the training images");
            }
            long seen = recipe.epochs() * steps * batch;
            double flops = Speed.FLOPS_PER_MAC * StepCost.perImage(recipe, images.classes());
            lines.add(new Line(cell, seen, flops, speed.hours(recipe, seen * flops)));
        }
        return new Plan(List.copyOf(lines));
    }

    double flops() {
        return lines.stream().mapToDouble(Line::flops).sum();
    }

    double hours() {
        return lines.stream().mapToDouble(Line::hours).sum();
    }

    long images() {
        return lines.stream().mapToLong(Line::images).sum();
    }
}
