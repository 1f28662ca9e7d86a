package viewfit.bench;

import java.io.IOException;
import java.util.Locale;
import viewfit.core.recipe.ViewRecipe;
import viewfit.views.ImageStore;
import viewfit.views.LoaderOptions;
import viewfit.views.MultiCropLoader;

/**
 * Files to eight views, in processor time per image, against the same operations on the same files with Pillow alone and with
 * torchvision's transforms, as the official code has them. These end in a normalised float tensor, which Viewfit leaves to the
 * network's program; the column before shows what that adds to Pillow alone.
 */
final class ViewsBench {
    private static final int BATCH = 16;
    private static final long WARM_UP = 15_000_000_000L;

    private final Photographs photographs;
    private final int rounds;
    private final String python;

    ViewsBench(Photographs photographs, int rounds, String python) {
        this.photographs = photographs;
        this.rounds = rounds;
        this.python = python;
    }

    void run() throws IOException {
        try (Reference reference = Reference.start(python, photographs)) {
            System.out.printf(
                    Locale.ROOT,
                    "%d photographs, %.1f kB each; processor time per image, median of %d rounds; %s%n",
                    photographs.paths().size(),
                    photographs.bytes() / 1e3 / photographs.paths().size(),
                    rounds,
                    reference.versions());
            System.out.println(
                    "| views | ours ms | views/s/core | Pillow ms | ratio | and tensors ms | torchvision ms | ratio |");
            System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
            compare(reference, 96, 0.14);
            compare(reference, 128, 0.3);
            limits();
        }
    }

    private void compare(Reference reference, int localSide, double split) throws IOException {
        ViewRecipe recipe = Photographs.views(localSide, split);
        long start = System.nanoTime();
        for (int i = 0; System.nanoTime() - start < WARM_UP; i++) {
            pass(recipe, i);
        }
        Rounds ours = new Rounds();
        Rounds pillow = new Rounds();
        Rounds tensor = new Rounds();
        Rounds torchvision = new Rounds();
        for (int i = 0; i < rounds; i++) {
            ours.add(pass(recipe, i));
            double[] theirs = reference.round("views " + localSide + " " + split);
            pillow.add(theirs[0]);
            tensor.add(theirs[1]);
            torchvision.add(theirs[2]);
        }
        System.out.printf(
                Locale.ROOT,
                "| 2 x 224 + 6 x %d | %.2f | %.0f | %.2f | %s | %.2f | %.2f | %s |%n",
                localSide,
                ours.median(),
                8000 / ours.median(),
                pillow.median(),
                ours.ratio(pillow),
                tensor.median(),
                torchvision.median(),
                ours.ratio(torchvision));
    }

    /** One pass over all files with one worker; milliseconds of processor time per image. */
    private double pass(ViewRecipe recipe, int seed) {
        ImageStore store = new ImageStore(photographs.root(), photographs.rows(), 0);
        long steps = MultiCropLoader.stepsPerEpoch(store.size(), BATCH);
        double start = Cpu.millis();
        try (MultiCropLoader loader = new MultiCropLoader(store, recipe, new LoaderOptions(BATCH, seed, 1), 0, steps)) {
            while (loader.hasNext()) {
                loader.next();
            }
        }
        return (Cpu.millis() - start) / (steps * BATCH);
    }

    private static void limits() {
        System.out.println(
                """

                What a view of side S touches: 3 * 4 * S * S bytes of samples, read and written about six times (resize, jitter
                before and after the contrast, blur across, three times down, store), all in the second-level cache: 7 MB for
                224, 1.3 MB for 96. Decoding alone is the limit that no change to the views can pass: `run decode`.""");
    }
}
