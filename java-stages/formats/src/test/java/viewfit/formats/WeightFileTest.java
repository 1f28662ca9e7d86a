package viewfit.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.goldens.Goldens;

class WeightFileTest {
    @TempDir
    Path folder;

    private WeightFile open(byte[] bytes) throws IOException {
        return WeightFile.open(Files.write(folder.resolve("file.any"), bytes));
    }

    private StageFailure refuse(byte[] bytes) {
        StageFailure failure = assertThrows(StageFailure.class, () -> open(bytes));
        assertEquals(ExitCode.BAD_DATA, failure.exitCode(), failure.getMessage());
        assertFalse(failure.getMessage().contains("\n"), failure.getMessage());
        assertTrue(failure.getMessage().startsWith(folder + "/file.any: "), failure.getMessage());
        return failure;
    }

    private static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    @Test
    void allThreeFormsOfTheReferenceContentReadTheSame() {
        var expected = Goldens.coco().json("tiny_expected.json");
        WeightFile zip = WeightFile.open(Goldens.coco().file("tiny_zip.pth"));
        assertEquals(WeightFile.Form.TORCH_ZIP, zip.form());
        assertEquals(Set.of("state_dict"), zip.dictionaries());
        TestTensors.assertEqual(expected, zip.tensors("state_dict"));
        WeightFile legacy = WeightFile.open(Goldens.coco().file("tiny_legacy.pth"));
        assertEquals(WeightFile.Form.TORCH_LEGACY, legacy.form());
        assertEquals(Set.of(WeightFile.WHOLE), legacy.dictionaries());
        TestTensors.assertEqual(expected, legacy.tensors(WeightFile.WHOLE));
        WeightFile safe = WeightFile.open(Goldens.coco().file("tiny.safetensors"));
        assertEquals(WeightFile.Form.SAFETENSORS, safe.form());
        TestTensors.assertEqual(expected, safe.tensors(WeightFile.WHOLE));
        // torch's files keep module order, which safetensors does not
        assertEquals(
                List.of("a.weight", "a.t", "a.view", "p", "h", "bf", "n", "empty", "d", "bool"),
                List.copyOf(zip.names("state_dict")));
        assertEquals(List.copyOf(zip.names("state_dict")), List.copyOf(legacy.names(WeightFile.WHOLE)));
    }

    @Test
    void storedTensorsAreWindowsAndOnlyViewsInAnotherOrderAreCopied() {
        WeightFile file = WeightFile.open(Goldens.coco().file("tiny_zip.pth"));
        assertTrue(file.tensor("state_dict", "a.weight").data().isDirect());
        assertTrue(file.tensor("state_dict", "a.view").data().isDirect());
        assertFalse(file.tensor("state_dict", "a.t").data().isDirect());
    }

    @ParameterizedTest
    @CsvSource({
        "FloatStorage, F32",
        "DoubleStorage, F64",
        "HalfStorage, F16",
        "BFloat16Storage, BF16",
        "LongStorage, I64",
        "IntStorage, I32",
        "ShortStorage, I16",
        "CharStorage, I8",
        "ByteStorage, U8",
        "BoolStorage, BOOL"
    })
    void everyStorageTypeSurvivesInBothForms(String type, DType dtype) throws IOException {
        byte[] values = new byte[3 * dtype.bytes()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) (i + 1);
        }
        Tensor expected = new Tensor("w", dtype, new long[] {3}, ByteBuffer.wrap(values));
        byte[] pickle = PickleBytes.single(type, "7", 3);
        for (byte[] bytes : List.of(
                TorchBytes.zip("archive/", false, pickle, Map.of("7", values)),
                TorchBytes.zip("another name/", true, pickle, Map.of("7", values)),
                TorchBytes.zip("", false, pickle, Map.of("7", values)),
                TorchBytes.legacy(pickle, dtype.bytes(), Map.of("7", values)))) {
            assertTrue(expected.sameContent(open(bytes).tensor("", "w")), type);
        }
    }

    @Test
    void viewsShareAStorage() throws IOException {
        byte[] pickle = new PickleBytes()
                .op('}')
                .text("scalar")
                .tensor("FloatStorage", "0", 6, 5, new long[0], new long[0])
                .op('s')
                .text("columns")
                .tensor("FloatStorage", "0", 6, 0, new long[] {3, 2}, new long[] {1, 3})
                .op('s')
                .text("expanded")
                .tensor("FloatStorage", "0", 6, 1, new long[] {2, 2}, new long[] {0, 2})
                .op('s')
                .text("one")
                .tensor("FloatStorage", "0", 6, 1, new long[] {1, 2}, new long[] {99, 1})
                .op('s')
                .text("empty")
                .tensor("FloatStorage", "0", 6, 6, new long[] {0, 4}, new long[] {4, 1})
                .op('s')
                .end();
        WeightFile file = open(TorchBytes.zip("x/", false, pickle, Map.of("0", floats(0, 1, 2, 3, 4, 5))));
        assertArrayEquals(new long[0], file.tensor("", "scalar").shape());
        assertArrayEquals(new float[] {5}, file.tensor("", "scalar").floats());
        assertArrayEquals(
                new float[] {0, 3, 1, 4, 2, 5}, file.tensor("", "columns").floats());
        assertArrayEquals(new float[] {1, 3, 1, 3}, file.tensor("", "expanded").floats());
        assertArrayEquals(new float[] {1, 2}, file.tensor("", "one").floats());
        assertArrayEquals(new float[0], file.tensor("", "empty").floats());
    }

    /** The end record and every row of the directory say that their numbers stand in the 64-bit fields. */
    @Test
    void zip64ArchivesAreRead() throws IOException {
        byte[] zip = TorchBytes.zip("x/", false, PickleBytes.single("FloatStorage", "0", 2), Map.of("0", floats(4, 5)));
        WeightFile file = open(TorchBytes.zip64(zip));
        assertArrayEquals(new float[] {4, 5}, file.tensor("", "w").floats());
    }

    @Test
    void copiesAreMadeWheneverTheyAreAskedFor() throws IOException {
        byte[] pickle = new PickleBytes()
                .op('}')
                .text("t")
                .tensor("FloatStorage", "0", 1 << 20, 0, new long[] {1 << 10, 1 << 10}, new long[] {1, 1 << 10})
                .op('s')
                .end();
        WeightFile file = open(TorchBytes.zip("x/", false, pickle, Map.of("0", new byte[4 << 20])));
        for (int i = 0; i < 40; i++) {
            assertEquals(1 << 20, file.tensors("").get("t").count());
        }
    }

    /** Text as bytes, a dictionary as a list of pairs, the first tensor function and a view of a storage. */
    @Test
    void whatPython2AndTheFirstTorchWroteIsRead() throws IOException {
        byte[] pickle = new PickleBytes()
                .global("collections", "OrderedDict")
                .op('(', ']', ']')
                .raw("U\1w")
                .op('a')
                .global("torch._utils", "_rebuild_tensor")
                .op('(', '(')
                .raw("U\7storage")
                .global("torch", "FloatStorage")
                .raw("U\1k")
                .raw("U\3cpu")
                .number(4)
                .op('(')
                .raw("U\1v")
                .op('K', 1, 'K', 3, 't', 't', 'Q')
                .op('K', 1)
                .numbers(2)
                .numbers(1)
                .op('t', 'R', 'a', 'a', 't', 'R')
                .end();
        WeightFile file = open(TorchBytes.legacy(pickle, 4, Map.of("k", floats(0, 1, 2, 3))));
        assertArrayEquals(new float[] {2, 3}, file.tensor("", "w").floats());
    }

    @Test
    void optimiserStateOptionsAndScalarsBesideTheWeightsAreDataToo() throws IOException {
        PickleBytes p = new PickleBytes().op('}');
        p.text("best_acc1").global("numpy.core.multiarray", "scalar").op('(');
        p.global("numpy", "dtype").op('(').text("f8").op(0x89, 0x88, 't', 'R');
        p.op('(', 'K', 3)
                .text("<")
                .op('N', 'N', 'N')
                .op('J')
                .int32(-1)
                .op('J')
                .int32(-1)
                .op('K', 0, 't', 'b');
        p.global("_codecs", "encode")
                .op('(')
                .text("\0\0\0\0\0\0\u00f0?")
                .text("latin1")
                .op('t', 'R', 't', 'R', 's');
        p.text("args")
                .global("argparse", "Namespace")
                .op(')', 0x81, '}')
                .text("lr")
                .op('G')
                .int64(0)
                .op('s', 'b', 's');
        p.text("optimizer").op('}').text("state").op('}', 'K', 0, '}').text("momentum_buffer");
        p.tensor("FloatStorage", "1", 1, 0, new long[] {1}, new long[] {1}).op('s', 's', 's');
        p.text("param_groups").op(']', '}').text("params").op(']', 'K', 0, 'a', 's', 'a', 's', 's');
        p.text("size").global("torch", "Size").numbers(1, 2).op(0x85, 'R', 's');
        p.text("device").global("torch", "device").text("cuda").op('K', 0, 0x86, 'R', 's');
        p.text("dtype").global("torch", "float32").op('s');
        p.text("model")
                .op('}')
                .text("w")
                .global("torch._utils", "_rebuild_parameter")
                .op('(');
        p.tensor("FloatStorage", "0", 1, 0, new long[] {1}, new long[] {1}).op(0x88);
        p.global("collections", "OrderedDict").op(')', 'R', 't', 'R', 's', 's');
        byte[] bytes = TorchBytes.zip("x/", false, p.end(), Map.of("0", floats(2.5f), "1", floats(7)));
        WeightFile file = open(bytes);
        assertEquals(Set.of("model"), file.dictionaries());
        assertEquals(Set.of("w"), file.names("model"));
        assertArrayEquals(new float[] {2.5f}, file.tensor("model", "w").floats());
    }

    @Test
    void numpyScalarsHaveTheirValue() {
        assertEquals(
                1.0,
                new NumpyType("f8")
                        .value(little(8).putLong(Double.doubleToLongBits(1)).flip()));
        assertEquals(-2.0, new NumpyType("f4").value(little(4).putFloat(-2).flip()));
        assertEquals(-3L, new NumpyType("i1").value(little(1).put((byte) -3).flip()));
        assertEquals(253L, new NumpyType("u1").value(little(1).put((byte) -3).flip()));
        assertEquals(
                -4L, new NumpyType("i2").value(little(2).putShort((short) -4).flip()));
        assertEquals(5L, new NumpyType("i4").value(little(4).putInt(5).flip()));
        assertEquals(6L, new NumpyType("i8").value(little(8).putLong(6).flip()));
        assertEquals(true, new NumpyType("b1").value(little(1).put((byte) 1).flip()));
        assertThrows(Unpickler.Refusal.class, () -> new NumpyType("O8"));
        assertThrows(Unpickler.Refusal.class, () -> new NumpyType("f8").value(little(4)));
        assertThrows(Unpickler.Refusal.class, () -> new NumpyType("f8").requireLittleEndian(List.of(3L, ">")));
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void bothNetworksOfAFileAreOffered() throws IOException {
        PickleBytes p = new PickleBytes().op('}');
        for (String name : List.of("teacher", "student")) {
            p.text(name).op('}').text("w");
            p.tensor("FloatStorage", name, 1, 0, new long[] {1}, new long[] {1}).op('s', 's');
        }
        WeightFile file =
                open(TorchBytes.zip("x/", false, p.end(), Map.of("teacher", floats(1), "student", floats(2))));
        assertEquals(List.of("student", "teacher"), List.copyOf(file.dictionaries()));
        assertArrayEquals(new float[] {1}, file.tensor("teacher", "w").floats());
        StageFailure none = assertThrows(StageFailure.class, () -> file.names("model"));
        assertTrue(none.getMessage().contains("found dictionaries [student, teacher]"), none.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "P", "PK\3", "<!DOCTYPE html>\n<html>", "version https://git-lfs.github.com/spec/v1\n"})
    void otherContentIsNamed(String content) {
        StageFailure failure = refuse(content.getBytes(StandardCharsets.UTF_8));
        assertTrue(failure.getMessage().contains("bytes that begin with '"), failure.getMessage());
        assertTrue(failure.getMessage().endsWith("expected a safetensors file or a torch checkpoint"));
    }

    @Test
    void missingFilesAreNoInput() {
        StageFailure failure = assertThrows(StageFailure.class, () -> WeightFile.open(folder.resolve("none.pth")));
        assertEquals(ExitCode.NO_INPUT, failure.exitCode());
    }

    @Test
    void aFileWithoutTensorsSaysWhatItHolds() throws IOException {
        byte[] pickle = new PickleBytes().op('}').text("epoch").op('K', 3, 's').end();
        assertTrue(refuse(TorchBytes.zip("x/", false, pickle, Map.of()))
                .getMessage()
                .contains("no tensors among the 1 entries [epoch]"));
        byte[] number = new PickleBytes().op('K', 3).end();
        assertTrue(refuse(TorchBytes.zip("x/", false, number, Map.of()))
                .getMessage()
                .contains("found a whole number: expected a dictionary"));
    }
}
