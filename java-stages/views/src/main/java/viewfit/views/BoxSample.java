package viewfit.views;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Shapes;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.ViewGroup;
import viewfit.core.recipe.ViewRecipe;

/**
 * Boxes of one group of views, drawn by the sampler that training uses, each from a picture drawn from the data set: a size
 * comes up as often as pictures have it. Box i of every group is from the same picture, so that two samples are pairs; it
 * depends on (seed, group, i) alone.
 */
final class BoxSample {
    private static final int CHUNK = 8192;

    private final double[] areas;
    private final double[] shares;

    private BoxSample(int boxes) {
        areas = new double[boxes];
        shares = new double[boxes];
    }

    /**
     * Draws boxes.
     *
     * @param group number of the group of views
     * @param boxes how many, at least 1
     * @param threads plays no part in the result
     * @throws StageFailure {@link ExitCode#BAD_DATA} if there are no pictures
     */
    static BoxSample draw(ViewRecipe recipe, int group, Shapes shapes, int boxes, long seed, int threads) {
        if (shapes.rows().isEmpty()) {
            throw new StageFailure(
                    ExitCode.BAD_DATA, "shapes: found no picture size: must be at least 1 to draw boxes from");
        }
        BoxSample sample = new BoxSample(boxes);
        Pictures pictures = new Pictures(shapes);
        ViewGroup views = recipe.groups().get(group);
        CropSampler sampler = new CropSampler(
                views.scale().low(),
                views.scale().high(),
                recipe.aspect().low(),
                recipe.aspect().high());
        SeedTree seeds = SeedTree.root(seed).at("pixel-scale");
        SeedTree boxSeeds = seeds.at("boxes").at(group);
        SeedTree pictureSeeds = seeds.at("pictures");
        List<Callable<Boolean>> chunks = new ArrayList<>();
        for (int start = 0; start < boxes; start += CHUNK) {
            int from = start;
            int to = Math.min(boxes, start + CHUNK);
            chunks.add(() -> {
                for (int i = from; i < to; i++) {
                    Shapes.Row picture = pictures.draw(pictureSeeds.at(i).stream());
                    sample.set(i, picture, sampler.sample(boxSeeds.at(i).stream(), picture.width(), picture.height()));
                }
                return true;
            });
        }
        run(chunks, threads);
        return sample;
    }

    private void set(int i, Shapes.Row picture, Crop crop) {
        areas[i] = crop.area();
        shares[i] = crop.area() / ((double) picture.width() * picture.height());
    }

    private static void run(List<Callable<Boolean>> chunks, int threads) {
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        try {
            for (Future<Boolean> chunk : workers.invokeAll(chunks)) {
                chunk.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while boxes were drawn", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("boxes could not be drawn", e.getCause());
        } finally {
            workers.shutdownNow();
        }
    }

    int size() {
        return areas.length;
    }

    /** Share of its picture that a box covers. */
    double share(int i) {
        return shares[i];
    }

    /** Shares of all boxes. */
    double[] shares() {
        return shares.clone();
    }

    /** Logarithm to the base 2 of the pixel scales of views of this side. */
    double[] logScales(int side) {
        return Arrays.stream(areas)
                .map(area -> log2((double) side * side / area))
                .toArray();
    }

    static double log2(double value) {
        return Math.log(value) / Math.log(2);
    }

    /** The pictures of a data set by the number of each size. */
    private static final class Pictures {
        private final List<Shapes.Row> rows;

        /** Pictures up to and with each row. */
        private final long[] upTo;

        Pictures(Shapes shapes) {
            rows = shapes.rows();
            upTo = new long[rows.size()];
            long sum = 0;
            for (int i = 0; i < upTo.length; i++) {
                sum += rows.get(i).images();
                upTo[i] = sum;
            }
        }

        Shapes.Row draw(RandomStream random) {
            long picture = (long) (random.nextDouble() * upTo[upTo.length - 1]);
            int found = Arrays.binarySearch(upTo, picture + 1);
            // Not found: the first row that goes beyond it.
            return rows.get(found >= 0 ? found : -found - 1);
        }
    }
}
