package viewfit.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.goldens.Goldens;

class PickleTest {
    @TempDir
    Path folder;

    private static byte[] pickle(Map<String, ?> content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new PickleWriter(out).write(content);
        return out.toByteArray();
    }

    private static Map<String, Object> content() {
        Map<String, Object> model = new LinkedHashMap<>();
        for (Tensor tensor : Safetensors.read(Goldens.coco().file("tiny.safetensors"))
                .tensors()
                .values()) {
            if (tensor.dtype() != DType.BF16) {
                model.put(tensor.name(), tensor);
            }
        }
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("model", model);
        content.put("__author__", "\u00e9");
        content.put("matching_heuristics", true);
        content.put("no", false);
        return content;
    }

    /** Byte for byte what {@code pickletools.dis} and {@code pickle.loads} of CPython 3.11 with numpy 2.4 accepted. */
    @Test
    void anArrayIsWrittenAsPythonReadsIt() throws IOException {
        byte[] bytes = pickle(Map.of("a", Tensor.f32("a", new long[] {1, 300}, new float[300])));
        byte[] tail = new byte[4 * 300];
        String head = "8003" // protocol 3
                + "7d28" // empty dictionary, mark
                + "5801000000" + hex("a") // key
                + "63" + hex("numpy\nndarray\n") + "28" + "284b0074" + "5802000000" + hex("i1") + "74" + "52"
                + "28" + "4b01" + "284b014a2c01000074" // state: version, shape (1, 300)
                + "63" + hex("numpy\ndtype\n") + "28" + "5803000000" + hex("<f4") + "74" + "52"
                + "89" // C order
                + "42b0040000";
        String expected = head + HexFormat.of().formatHex(tail) + "7462" + "75" + "2e";
        assertEquals(expected, HexFormat.of().formatHex(bytes));
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void whatWasWrittenIsReadBack() throws IOException {
        Path file = Files.write(folder.resolve("a.pkl"), pickle(content()));
        Map<String, Object> back = PickleReader.read(file);
        assertEquals(List.of("model", "__author__", "matching_heuristics", "no"), List.copyOf(back.keySet()));
        assertEquals("\u00e9", back.get("__author__"));
        assertEquals(true, back.get("matching_heuristics"));
        assertEquals(false, back.get("no"));
        Map<?, ?> expected = (Map<?, ?>) content().get("model");
        Map<?, ?> model = (Map<?, ?>) back.get("model");
        assertEquals(List.copyOf(expected.keySet()), List.copyOf(model.keySet()));
        expected.forEach(
                (name, tensor) -> assertTrue(((Tensor) tensor).sameContent((Tensor) model.get(name)), name.toString()));
        assertArrayEquals(pickle(content()), pickle(content()));
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        byte[] good = pickle(content());
        for (int length = 0; length < good.length; length++) {
            assertRefused(Arrays.copyOf(good, length));
        }
        assertRefused(Arrays.copyOf(good, good.length + 1));
    }

    @Test
    void aFlippedBitIsRefusedOrChangesAValueAndNeverCallsAnything() throws IOException {
        byte[] good = pickle(content());
        int refused = 0;
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << (bit % 8));
            try {
                PickleReader.parse(Path.of("flip.pkl"), ByteBuffer.wrap(bad));
            } catch (StageFailure e) {
                assertEquals(ExitCode.BAD_DATA, e.exitCode());
                refused++;
            }
        }
        assertTrue(refused > good.length, "only " + refused);
    }

    @Test
    void otherFunctionsAreRefused() throws IOException {
        byte[] evil = "\u0080\u0003cos\nsystem\n(X\u0002\0\0\0lstR.".getBytes(StandardCharsets.ISO_8859_1);
        Path file = Files.write(folder.resolve("evil.pkl"), evil);
        StageFailure failure = assertThrows(StageFailure.class, () -> PickleReader.read(file));
        assertTrue(failure.getMessage().contains("found global os.system"), failure.getMessage());
    }

    @Test
    void valuesWithoutANumpyTypeAreRefused() {
        Tensor half = new Tensor("b", DType.BF16, new long[] {1}, ByteBuffer.allocate(2));
        assertThrows(IllegalArgumentException.class, () -> pickle(Map.of("b", half)));
        assertThrows(IllegalArgumentException.class, () -> pickle(Map.of("b", 1.5)));
    }

    private static void assertRefused(byte[] bytes) {
        StageFailure failure =
                assertThrows(StageFailure.class, () -> PickleReader.parse(Path.of("bad.pkl"), ByteBuffer.wrap(bytes)));
        assertEquals(ExitCode.BAD_DATA, failure.exitCode());
        assertTrue(failure.getMessage().startsWith("bad.pkl: byte "), failure.getMessage());
    }
}
