package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import viewfit.core.files.Hashes;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.GoldenTensor;
import viewfit.goldens.Goldens;
import viewfit.goldens.Kind;
import viewfit.goldens.Npz;

/** What must hold for a golden set as a whole before its cases mean anything. */
final class GoldenSetTests {
    private GoldenSetTests() {}

    static List<DynamicNode> of(Goldens set) {
        return List.of(
                DynamicTest.dynamicTest("files have the checksums of the manifest", () -> checksums(set)),
                DynamicTest.dynamicTest("ids are unique and as many as the manifest says", () -> ids(set)),
                DynamicTest.dynamicTest("arrays have the listed shapes and types", () -> arrays(set)),
                DynamicTest.dynamicTest("scale and offset follow from the kind", () -> kinds(set)));
    }

    private static void checksums(Goldens set) throws IOException {
        JsonNode files = set.manifest().path("files");
        assertTrue(!files.isEmpty(), "the manifest lists no files");
        for (Map.Entry<String, JsonNode> entry : files.properties()) {
            byte[] bytes = Files.readAllBytes(set.file(entry.getKey()));
            assertEquals(entry.getValue().path("bytes").asLong(), bytes.length, entry.getKey());
            assertEquals(entry.getValue().path("sha256").asText(), Hashes.sha256(bytes), entry.getKey());
        }
    }

    private static void ids(Goldens set) {
        Set<String> ids = new HashSet<>();
        for (GoldenCase golden : set.cases()) {
            assertTrue(!golden.id().isBlank() && !golden.type().isBlank(), "a case without id or type");
            assertTrue(ids.add(golden.id()), "two cases with id " + golden.id());
        }
        assertEquals(set.manifest().path("case_count").asInt(), ids.size());
    }

    private static void arrays(Goldens set) {
        for (GoldenCase golden : set.cases()) {
            arrays(set, golden.id(), golden.json());
        }
    }

    private static void arrays(Goldens set, String id, JsonNode node) {
        if (node.has("file") && node.has("key")) {
            Npz npz = set.npz(node.path("file").asText());
            String key = node.path("key").asText();
            assertArrayEquals(GoldenCase.longs(node.path("shape")), npz.shape(key), id + " " + key);
            assertEquals(node.path("dtype").asText(), npz.isInteger(key) ? "int64" : "float32", id + " " + key);
        }
        node.forEach(child -> arrays(set, id, child));
    }

    private static void kinds(Goldens set) {
        for (GoldenCase golden : set.cases()) {
            for (GoldenTensor t : golden.json().has("tensors") ? golden.tensors() : List.<GoldenTensor>of()) {
                String where = golden.id() + " " + t.name();
                assertEquals(Kind.scale(t.kind(), t.shape()), t.scale(), where);
                assertEquals(Kind.offset(t.kind()), t.offset(), where);
                assertEquals(Kind.isParameter(t.kind()), t.parameter(), where);
            }
        }
    }
}
