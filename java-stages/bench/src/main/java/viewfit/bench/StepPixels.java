package viewfit.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.PretrainRecipe;
import viewfit.views.ImageStore;
import viewfit.views.LoaderOptions;
import viewfit.views.MultiCropBatch;
import viewfit.views.MultiCropLoader;
import viewfit.views.ViewBlock;

/** Pixels of a step, a buffer per block of views: the same noise each time, or views of files as training loads them. */
abstract class StepPixels implements AutoCloseable {
    /** Valid until the next call. */
    abstract List<ByteBuffer> next();

    @Override
    public void close() {}

    /** @param job whether and which files it names */
    static StepPixels of(JsonNode job, PretrainRecipe recipe) {
        JsonNode images = job.get("images");
        return images == null
                ? new Noise(recipe)
                : new Loaded(images, recipe, job.get("steps-per-epoch").asLong());
    }

    private static final class Noise extends StepPixels {
        private final List<ByteBuffer> pixels = new ArrayList<>();

        Noise(PretrainRecipe recipe) {
            RandomStream random = SeedTree.root(recipe.seed()).at("pixels").stream();
            for (ViewBlock block : ViewBlock.of(recipe.views())) {
                ByteBuffer buffer =
                        ByteBuffer.allocateDirect(block.views() * recipe.batchSize() * block.side() * block.side() * 3);
                while (buffer.hasRemaining()) {
                    buffer.put((byte) random.nextInt(256));
                }
                pixels.add(buffer.flip());
            }
        }

        @Override
        List<ByteBuffer> next() {
            return pixels;
        }
    }

    /** Every image is decoded each time it comes, as of a data set that is larger than the memory. */
    private static final class Loaded extends StepPixels {
        private final MultiCropLoader loader;

        Loaded(JsonNode images, PretrainRecipe recipe, long steps) {
            List<String> files = StreamSupport.stream(images.get("files").spliterator(), false)
                    .map(JsonNode::asText)
                    .toList();
            Photographs photographs = new Photographs(Path.of(images.get("root").asText()), files);
            ImageStore store = new ImageStore(photographs.root(), photographs.rows(), 0);
            LoaderOptions options = new LoaderOptions(
                    recipe.batchSize(), recipe.seed(), images.get("workers").asInt());
            loader = new MultiCropLoader(store, recipe.views(), options, 0, steps);
        }

        @Override
        List<ByteBuffer> next() {
            MultiCropBatch batch = loader.next();
            List<ByteBuffer> pixels = new ArrayList<>();
            for (int i = 0; i < batch.blocks().size(); i++) {
                pixels.add(batch.data(i));
            }
            return pixels;
        }

        @Override
        public void close() {
            loader.close();
        }
    }
}
