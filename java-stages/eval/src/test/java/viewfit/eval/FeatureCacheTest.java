package viewfit.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.metrics.Provenance;
import viewfit.core.random.SeedTree;
import viewfit.core.recipe.NormalizeRecipe;
import viewfit.engine.Network;
import viewfit.engine.TorchRuntime;
import viewfit.zoo.Backbones;

/** Features come back as they were, and never for anything else. */
class FeatureCacheTest {
    private static TorchRuntime runtime;
    private static FrozenBackbone first;
    private static FrozenBackbone second;

    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();
    private final List<Integer> computed = new ArrayList<>();

    @BeforeAll
    static void open() {
        runtime = TorchRuntime.open("cpu", 1);
        first = backbone(1);
        second = backbone(2);
    }

    @AfterAll
    static void close() {
        first.close();
        second.close();
        runtime.close();
    }

    private static FrozenBackbone backbone(long seed) {
        Network network = FrozenBackbone.allocate(runtime, Backbones.graph("mobilenet_v2"));
        network.initialise(SeedTree.root(seed));
        return new FrozenBackbone(
                runtime, network, Fixtures.probe("cached", 1, 1).normalize());
    }

    private List<float[]> features(List<FrozenBackbone> backbones, String images, String device) {
        Provenance by = new Provenance("", "", "", "", "engine", device, 0);
        return FeatureCache.in(folder.resolve("kept"), by, said::add).features(backbones, images, 2, missing -> {
            computed.add(missing.size());
            List<float[]> all = new ArrayList<>();
            for (FrozenBackbone backbone : missing) {
                float[] values = new float[2 * backbone.width()];
                values[3] = backbone.equals(first) ? 1.5f : -2;
                all.add(values);
            }
            return all;
        });
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("kept"))) {
            return files.sorted().toList();
        }
    }

    @Test
    void whatWasComputedOnceIsReadAgain() throws IOException {
        features(List.of(second), "a", "cpu");
        List<float[]> both = features(List.of(first, second), "a", "cpu");
        assertEquals(List.of(1, 1), computed);
        assertEquals(2, files().size());
        List<float[]> again = features(List.of(first, second), "a", "cpu");
        assertEquals(List.of(1, 1), computed);
        for (int i = 0; i < 2; i++) {
            assertArrayEquals(both.get(i), again.get(i));
        }
        assertEquals(1.5f, again.get(0)[3]);
        assertEquals(-2, again.get(1)[3]);
    }

    @Test
    void otherImagesDevicesAndNumbersAreOtherFeatures() {
        features(List.of(first), "a", "cpu");
        features(List.of(first), "b", "cpu");
        features(List.of(first), "a", "cuda:0");
        assertEquals(List.of(1, 1, 1), computed);
        Provenance by = new Provenance("", "", "", "", "engine", "cpu", 0);
        FeatureCache.in(folder.resolve("kept"), by, said::add).features(List.of(first), "a", 3, missing -> {
            computed.add(9);
            return List.of(new float[3 * first.width()]);
        });
        assertEquals(9, computed.get(3));
        assertTrue(said.get(said.size() - 1).contains("features of something else"), said.toString());
    }

    /** The same weights under another normalisation see another picture. */
    @Test
    void otherNormalisationsAreOtherFeatures() {
        Network network = FrozenBackbone.allocate(runtime, Backbones.graph("mobilenet_v2"));
        network.initialise(SeedTree.root(1));
        NormalizeRecipe other = new NormalizeRecipe(List.of(.5, .5, .5), List.of(.5, .5, .5));
        try (FrozenBackbone otherwise = new FrozenBackbone(runtime, network, other)) {
            assertEquals(first.sha256(), otherwise.sha256());
            assertNotEquals(first.identity(), otherwise.identity());
        }
    }

    /** One bit of a value, one of the head, half a file, no file of this kind. */
    @Test
    void aDamagedFileIsComputedAnew() throws IOException {
        features(List.of(first), "a", "cpu");
        Path file = files().get(0);
        byte[] whole = Files.readAllBytes(file);
        byte[] flipped = whole.clone();
        flipped[whole.length - 5] ^= 1;
        byte[] head = whole.clone();
        head[20] ^= 1;
        for (byte[] damaged : List.of(flipped, head, java.util.Arrays.copyOf(whole, whole.length / 2), new byte[3])) {
            Files.write(file, damaged);
            assertEquals(1.5f, features(List.of(first), "a", "cpu").get(0)[3]);
            assertArrayEquals(whole, Files.readAllBytes(file));
        }
        assertEquals(List.of(1, 1, 1, 1, 1), computed);
        assertEquals(
                4, said.stream().filter(line -> line.contains("computed anew")).count(), said.toString());
    }

    @Test
    void imagesWithoutChecksumsAndNoFolderKeepNothing() {
        features(List.of(first), "", "cpu");
        features(List.of(first), "", "cpu");
        assertEquals(List.of(1, 1), computed);
        assertTrue(Files.notExists(folder.resolve("kept")));
    }

    @Test
    void aFolderThatCannotBeWrittenCostsOnlyTime() throws IOException {
        Files.writeString(folder.resolve("kept"), "a file");
        assertEquals(1.5f, features(List.of(first), "a", "cpu").get(0)[3]);
        assertTrue(said.get(0).contains("not kept"), said.toString());
    }
}
