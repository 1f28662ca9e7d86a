package viewfit.goldens;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GoldensTest {
    private final Goldens ssl = Goldens.ssl();

    @Test
    void everyFileHasTheChecksumOfTheManifest() throws Exception {
        JsonNode files = ssl.json("manifest.json").path("files");
        assertTrue(files.size() > 30);
        for (Map.Entry<String, JsonNode> entry : files.properties()) {
            Path file = ssl.file(entry.getKey());
            assertEquals(entry.getValue().path("bytes").asLong(), Files.size(file), entry.getKey());
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            assertEquals(
                    entry.getValue().path("sha256").asText(), HexFormat.of().formatHex(digest), entry.getKey());
        }
    }

    @Test
    void everyExpectedArrayExistsInItsShape() {
        int seen = 0;
        for (GoldenCase c : ssl.cases()) {
            for (String name : c.expectedNames()) {
                Expected expected = c.expected(name);
                JsonNode node = c.get("expected").get(name);
                Npz npz = ssl.npz(node.path("file").asText());
                String key = node.path("key").asText();
                assertArrayEquals(expected.shape(), npz.shape(key), c + " " + name);
                assertEquals(node.path("dtype").asText().equals("int64"), npz.isInteger(key), c + " " + name);
                expected.assertClose(expected.values());
                seen++;
            }
        }
        assertEquals(479, seen);
        assertEquals(
                ssl.json("manifest.json").path("case_count").asInt(),
                ssl.cases().size());
    }

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
    void tensorsCountAsTheManifestSays() {
        for (GoldenCase c : ssl.cases("backbone_tensors")) {
            assertEquals(c.get("n_state_tensors").asInt(), c.tensors().size(), c.id());
            assertEquals(
                    c.get("param_count").asLong(),
                    c.tensors().stream()
                            .filter(GoldenTensor::parameter)
                            .mapToLong(GoldenTensor::count)
                            .sum(),
                    c.id());
        }
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
