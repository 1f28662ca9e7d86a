package viewfit.goldens;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GoldensTest {
    private final Goldens ssl = Goldens.ssl();

    @Test
    void everyInputCanBeBuilt() {
        int seen = 0;
        for (GoldenCase c : ssl.cases()) {
            if (c.json().has("inputs")) {
                for (Map.Entry<String, JsonNode> entry : c.get("inputs").properties()) {
                    assertEquals(Fill.count(c.inputShape(entry.getKey())), c.input(entry.getKey()).length);
                    seen++;
                }
            }
        }
        assertEquals(74, seen);
    }

    @Test
    void casesThatOnlyNameAnArchitectureTakeItsTensorList() {
        GoldenCase c = ssl.byId("backbone/resnet18/2x3x64x64/eval");
        assertEquals(120, c.tensors().size());
        GoldenTensor first = c.tensors().get(0);
        assertEquals("conv1.weight", first.name());
        assertArrayEquals(
                Fill.values("dev/resnet18/conv1.weight", first.count(), first.scale(), first.offset()), first.values());
        assertEquals(2, ssl.cases("probe_features").get(0).tensors("head").size());
    }

    @Test
    void comparisonRefusesWrongLengthNanAndDifferences() {
        Expected expected = ssl.byId("loss/sinkhorn/small").expected("q");
        float[] good = expected.values();
        expected.assertClose(good);

        float[] nan = good.clone();
        nan[13] = Float.NaN;
        AssertionError error = assertThrows(AssertionError.class, () -> expected.assertClose(nan));
        assertTrue(error.getMessage().contains("loss/sinkhorn/small q: 1 of 96"), error.getMessage());
        assertTrue(error.getMessage().contains("worst at [1, 1]: got NaN"), error.getMessage());

        float[] off = good.clone();
        off[95] += 1e-3f;
        assertFalse(expected.compare(off).ok());
        assertEquals(1, expected.compare(off).failures());
        assertTrue(expected.compare(off).worstRatio() > 100);

        assertThrows(AssertionError.class, () -> expected.assertClose(new float[95]));

        // each element inside its tolerance, the whole outside the L2 bound
        float[] drift = good.clone();
        for (int i = 0; i < drift.length; i++) {
            drift[i] += 1.5e-6f;
        }
        assertEquals(0, expected.compare(drift).failures());
        assertFalse(expected.compare(drift).ok());
    }

    @Test
    void aCaseKnowsWhichArraysNobodyHasLookedAt() {
        GoldenCase knn = Goldens.at(ssl.folder()).cases("knn").get(0);
        assertEquals(
                List.of("features", "leave_one_out/neighbours", "leave_one_out/votes", "split/neighbours"),
                knn.unseen());
        knn.floats(knn.get("features"));
        knn.integers(knn.get("split").get("neighbours"));
        Expected votes = knn.expected("votes", knn.get("leave_one_out").get("votes"));
        assertEquals(List.of("leave_one_out/neighbours", "leave_one_out/votes"), knn.unseen());
        votes.compare(new float[0]);
        assertEquals(List.of("leave_one_out/neighbours"), knn.unseen());
    }

    /** A property names the set; what it says may start anywhere Maven was called. */
    @Test
    void theGivenSetIsFound() {
        String before = System.getProperty(Goldens.DIR, "");
        String calledFrom = System.getProperty("golden.called-from", "");
        try {
            System.setProperty("golden.called-from", ssl.folder().getParent().toString());
            System.setProperty(Goldens.DIR, "ssl");
            assertEquals(ssl.folder(), Goldens.given().folder());
            System.setProperty("golden.called-from", "");
            System.setProperty(Goldens.DIR, "test-data/goldens/ssl");
            assertTrue(Files.isSameFile(ssl.folder(), Goldens.given().folder()));
            System.setProperty(Goldens.DIR, "");
            assertTrue(Goldens.given().cases().size() > 100);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            System.setProperty(Goldens.DIR, before);
            System.setProperty("golden.called-from", calledFrom);
        }
    }

    @Test
    void unknownNamesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> ssl.cases("backbone_evil"));
        assertThrows(IllegalArgumentException.class, () -> ssl.byId("nothing"));
        GoldenCase c = ssl.byId("loss/sinkhorn/small");
        assertThrows(IllegalArgumentException.class, () -> c.expected("p"));
        assertThrows(IllegalArgumentException.class, () -> c.input("x"));
        assertThrows(IllegalArgumentException.class, () -> ssl.npz("losses.npz").floats("nothing"));
        assertThrows(IllegalArgumentException.class, () -> ssl.npz("losses.npz").longs("loss/sinkhorn/small/q"));
    }

    @Test
    void theCocoSetIsFound() {
        assertTrue(Files.exists(Goldens.coco().file("tiny.safetensors")));
        assertEquals(
                122,
                Goldens.coco().json("names.json").path("torchvision/resnet18").size());
    }
}
