package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;
import viewfit.core.files.Hashes;
import viewfit.goldens.Fill;
import viewfit.goldens.Goldens;

/** The golden suite runs a set that it has never seen, and every way in which such a set can be wrong is a failure. */
class GoldenSuiteBitesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ARRAYS = "others.npz";
    private static final int OF_THE_SET = 4;

    @TempDir
    Path folder;

    @Test
    void aSetWithOtherNamesPasses() throws IOException {
        write(clip("x/clip", 0.5, 0));
        assertEquals(List.of(), failures(GoldenSuite.checks()));
    }

    @Test
    void aWrongValueFails() throws IOException {
        write(clip("x/clip", 0.5, 1e-3));
        assertFails("x/clip: x/clip g0: 1 of 4 elements out of tolerance", GoldenSuite.checks());
    }

    @Test
    void aWrongHyperParameterFails() throws IOException {
        ObjectNode golden = clip("x/clip", 0.5, 0);
        golden.put("clip", 0.4);
        write(golden);
        assertFails("x/clip: x/clip g0: 4 of 4 elements out of tolerance", GoldenSuite.checks());
    }

    @Test
    void anUnknownTypeFails() throws IOException {
        write(clip("x/clip", 0.5, 0).put("type", "clip_by_value"));
        assertFails("x/clip: no check of type clip_by_value", GoldenSuite.checks());
    }

    @Test
    void anExpectedArrayThatNobodyLooksAtFails() throws IOException {
        write(clip("x/clip", 0.5, 0));
        GoldenCheck half = golden ->
                golden.expected("g0").assertClose(golden.expected("g0").values());
        assertFails(
                "x/clip: the check of clip_gradients did not look at [expected/norms]", Map.of("clip_gradients", half));
        GoldenCheck excuse = golden -> {
            half.check(golden);
            golden.notApplicable("norms", "tested elsewhere");
        };
        assertEquals(List.of(), failures(Map.of("clip_gradients", excuse)));
        GoldenCheck stale = golden -> golden.notApplicable("nothing", "tested elsewhere");
        assertFails("x/clip: x/clip: no expected array nothing", Map.of("clip_gradients", stale));
    }

    @Test
    void aSkipIsAFailure() throws IOException {
        write(clip("x/clip", 0.5, 0));
        assertFails("x/clip: later", Map.of("clip_gradients", golden -> {
            throw new TestAbortedException("later");
        }));
    }

    @Test
    void aChangedFileFails() throws IOException {
        write(clip("x/clip", 0.5, 0));
        byte[] bytes = Files.readAllBytes(folder.resolve(ARRAYS));
        bytes[bytes.length - 1]++;
        Files.write(folder.resolve(ARRAYS), bytes);
        assertTrue(failures(GoldenSuite.checks()).get(0).startsWith(ARRAYS), () -> "not the checksum");
    }

    @Test
    void aSetWithoutCasesIsRefusedInOneLine() throws IOException {
        Path nowhere = folder.resolve("nowhere");
        assertRefused(nowhere, "golden set " + nowhere + ": found no such folder: must be a folder with manifest.json");
        assertRefused(folder, "golden set " + folder + ": found no manifest.json: must be a folder with manifest.json");
        Files.writeString(folder.resolve("manifest.json"), "{\"cases\": []}");
        assertRefused(folder, "golden set " + folder + ": found no cases: must list at least 1");
    }

    private static void assertRefused(Path folder, String message) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Goldens.at(folder));
        assertTrue(e.getMessage().startsWith(message), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    private void assertFails(String message, Map<String, GoldenCheck> checks) {
        List<String> failures = failures(checks);
        assertEquals(1, failures.size(), failures.toString());
        assertTrue(failures.get(0).startsWith(message), failures.get(0));
    }

    private List<String> failures(Map<String, GoldenCheck> checks) {
        List<String> failures = new ArrayList<>();
        int[] run = {0};
        GoldenSuite.of(Goldens.at(folder), checks).forEach(node -> run(node, failures, run));
        assertEquals(OF_THE_SET + 1, run[0], "the set's own tests and one case");
        return failures;
    }

    private static void run(DynamicNode node, List<String> failures, int[] run) {
        if (node instanceof DynamicContainer container) {
            container.getChildren().forEach(child -> run(child, failures, run));
        } else if (node instanceof DynamicTest test) {
            run[0]++;
            try {
                test.getExecutable().execute();
            } catch (Throwable e) {
                failures.add(String.valueOf(e.getMessage()));
            }
        }
    }

    /** One gradient of four values, clipped to a norm; the last expected value is off by {@code error}. */
    private ObjectNode clip(String id, double clip, double error) throws IOException {
        float[] gradient = Fill.values("other/g", 4, 1, 0);
        double norm = 0;
        for (float g : gradient) {
            norm += (double) g * g;
        }
        norm = Math.sqrt(norm);
        float[] clipped = new float[4];
        for (int i = 0; i < 4; i++) {
            clipped[i] = (float) (gradient[i] * Math.min(1, clip / (norm + 1e-6)));
        }
        clipped[3] += (float) error;
        npz(Map.of("a/g0", clipped, "a/norms", new float[] {(float) norm}));
        ObjectNode golden = JSON.createObjectNode();
        golden.put("id", id).put("section", 6).put("type", "clip_gradients").put("clip", clip);
        golden.putArray("grads")
                .addObject()
                .put("fill", "other/g")
                .put("scale", 1.0)
                .put("offset", 0.0)
                .putArray("shape")
                .add(4);
        ObjectNode expected = golden.putObject("expected");
        for (String name : List.of("g0", "norms")) {
            expected.putObject(name)
                    .put("file", ARRAYS)
                    .put("key", "a/" + name)
                    .put("dtype", "float32")
                    .put("atol", 1e-6)
                    .putArray("shape")
                    .add(name.equals("g0") ? 4 : 1);
        }
        return golden;
    }

    private void write(ObjectNode golden) throws IOException {
        byte[] arrays = Files.readAllBytes(folder.resolve(ARRAYS));
        ObjectNode manifest = JSON.createObjectNode().put("case_count", 1);
        manifest.putObject("files")
                .putObject(ARRAYS)
                .put("bytes", arrays.length)
                .put("sha256", Hashes.sha256(arrays));
        manifest.putArray("cases").add(golden);
        JSON.writeValue(folder.resolve("manifest.json").toFile(), manifest);
    }

    /** Vectors as stored npy entries of version 1.0. */
    private void npz(Map<String, float[]> arrays) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(folder.resolve(ARRAYS)))) {
            for (Map.Entry<String, float[]> array : arrays.entrySet()) {
                byte[] npy = npy(array.getValue());
                CRC32 crc = new CRC32();
                crc.update(npy);
                ZipEntry entry = new ZipEntry(array.getKey() + ".npy");
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(npy.length);
                entry.setCrc(crc.getValue());
                zip.putNextEntry(entry);
                zip.write(npy);
                zip.closeEntry();
            }
        }
    }

    private static byte[] npy(float[] values) {
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + values.length + ",), }\n";
        ByteBuffer out =
                ByteBuffer.allocate(10 + header.length() + 4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        out.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) header.length());
        out.put(header.getBytes(StandardCharsets.US_ASCII));
        for (float v : values) {
            out.putFloat(v);
        }
        return out.array();
    }
}
