package viewfit.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.goldens.Goldens;

/** Damaged and malicious torch files end in one line about the file, with little memory, and call nothing. */
class TorchHostileTest {
    private static final int FLIPS = 6000;

    /** Opens a file and makes every tensor; the number of tensors. */
    private static int readAll(byte[] bytes) {
        WeightFile file = WeightFile.open(MappedFile.of(Path.of("file.pth"), ByteBuffer.wrap(bytes)));
        return file.dictionaries().stream()
                .mapToInt(d -> file.tensors(d).size())
                .sum();
    }

    private static String refuse(byte[] bytes) {
        StageFailure failure = assertThrows(StageFailure.class, () -> readAll(bytes));
        assertEquals(ExitCode.BAD_DATA, failure.exitCode(), failure.getMessage());
        assertFalse(failure.getMessage().contains("\n"), failure.getMessage());
        return failure.getMessage();
    }

    private static String refusePickle(byte[] pickle) throws IOException {
        return refuse(TorchBytes.zip("x/", false, pickle, Map.of("0", new byte[24])));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny_zip.pth", "tiny_legacy.pth"})
    void everyTruncationIsRefused(String name) throws IOException {
        byte[] good = Files.readAllBytes(Goldens.coco().file(name));
        assertEquals(10, readAll(good));
        for (int length = 0; length < good.length; length++) {
            refuse(Arrays.copyOf(good, length));
        }
        refuse(Arrays.copyOf(good, good.length + 1));
    }

    @ParameterizedTest
    @CsvSource({"tiny_zip.pth, 2400", "tiny_legacy.pth, 2000"})
    void flippedBitsAreRefusedOrReadAsOtherContent(String name, int atLeast) throws IOException {
        byte[] good = Files.readAllBytes(Goldens.coco().file(name));
        SplittableRandom random = new SplittableRandom(11);
        int refused = 0;
        for (int i = 0; i < FLIPS; i++) {
            byte[] bad = good.clone();
            for (int flips = i % 3; flips >= 0; flips--) {
                int bit = random.nextInt(bad.length * 8);
                bad[bit / 8] ^= (byte) (1 << (bit % 8));
            }
            try {
                readAll(bad);
            } catch (StageFailure e) {
                assertEquals(ExitCode.BAD_DATA, e.exitCode(), e.getMessage());
                assertFalse(e.getMessage().contains("\n"), e.getMessage());
                refused++;
            }
        }
        assertTrue(refused >= atLeast, "only " + refused);
    }

    /** A zip file has checksums: whatever is read from a damaged one is what was written. */
    @Test
    void noFlipInAStorageOfAZipFileGoesUnnoticed() throws IOException {
        byte[] values = {1, 2, 3, 4, 5, 6, 7, 8};
        byte[] good = TorchBytes.zip("x/", false, PickleBytes.single("FloatStorage", "0", 2), Map.of("0", values));
        int at = new String(good, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("\1\2\3\4\5\6\7\10");
        for (int bit = 0; bit < 64; bit++) {
            byte[] bad = good.clone();
            bad[at + bit / 8] ^= (byte) (1 << (bit % 8));
            assertTrue(refuse(bad).contains("zip entry x/data/0: found checksum"));
        }
    }

    @Test
    void theReferencesMaliciousFileIsRefused() throws IOException {
        assertEquals(
                "file.pth: data.pkl: byte 13: found global posix.system: expected tensors, storages, OrderedDict, Size,"
                        + " device, dtype, numpy scalars, argparse.Namespace (nothing is called)",
                refuse(Files.readAllBytes(Goldens.coco().file("refuse.pth"))));
    }

    @ParameterizedTest
    @CsvSource({
        "os, system",
        "builtins, eval",
        "builtins, getattr",
        "torch, load",
        "torch._utils, _rebuild_tensor_v3",
        "torch.storage, _load_from_bytes",
        "numpy.core.multiarray, _reconstruct",
        "collections, OrderedDict.__init__",
        "torch, FloatStorage.from_file",
        "torch, ComplexFloatStorage",
        "numpy, load",
        "_codecs, decode",
        "argparse, ArgumentParser",
        "java.lang, Runtime"
    })
    void otherNamesAreRefusedEvenUncalled(String module, String name) throws IOException {
        byte[] called = new PickleBytes()
                .op('}')
                .text("a")
                .global(module, name)
                .text("touch x")
                .op(0x85, 'R', 's')
                .end();
        byte[] named =
                new PickleBytes().op('}').text("a").global(module, name).op('s').end();
        byte[] stacked = new PickleBytes()
                .op('}')
                .text("a")
                .text(module)
                .text(name)
                .op(0x93, 's')
                .end();
        for (byte[] pickle : List.of(called, named, stacked)) {
            assertTrue(refusePickle(pickle).contains("found global " + module + "." + name + ": "));
            assertTrue(refuse(TorchBytes.legacy(pickle, 4, Map.of())).contains("found global " + module + "." + name));
        }
    }

    @Test
    void codeCarryingOperationsAndWrongArgumentsAreRefused() throws IOException {
        for (int op : new int[] {'i', 'o', 'P', 0x82, 0x83, 0x84, 0x92, 0x97, 'I', 'p', 0x8b}) {
            assertTrue(refusePickle(new PickleBytes().op('}', '(', op).end())
                    .contains("found operation 0x" + Integer.toHexString(op)));
        }
        // a storage class is a name, not a function
        assertTrue(refusePickle(new PickleBytes()
                        .global("torch", "FloatStorage")
                        .op(')', 'R')
                        .end())
                .contains("found a call of a DType"));
        // attributes for what has none
        assertTrue(refusePickle(new PickleBytes().op(']', '}', 'b').end()).contains("found a state for a sequence"));
        assertTrue(refusePickle(new PickleBytes().text("x").op('Q').end()).contains("found a persistent id"));
        assertTrue(refusePickle(new PickleBytes()
                        .global("torch._utils", "_rebuild_parameter")
                        .op('K', 1, 'K', 1, 'K', 1, 0x87, 'R')
                        .end())
                .contains("found an argument that is a whole number"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            6 | 7 | 1 | 1 | found a tensor of shape [1], strides [1] from 7
            6 | -1 | 1 | 1 | found a tensor
            6 | 0 | 7 | 1 | found a tensor of shape [7], strides [1] from 0
            6 | 0 | 3 | 3 | found a tensor
            6 | 0 | -1 | 1 | found a tensor
            6 | 0 | 2 | -1 | found a tensor
            6 | 0 | 9223372036854775807 | 1 | found a tensor
            6 | 0 | 9223372036854775807 | 9223372036854775807 | found a tensor
            6 | 0 | 4000000000 | 0 | found a tensor
            6 | 0 | 260000000 | 0 | w: found 1040000000 bytes to unfold: expected at most 671
            6 | 9223372036854775807 | 2 | 9223372036854775807 | found a tensor
            9223372036854775807 | 0 | 6 | 1 | storage 0: found 24 bytes: expected 9223372036854775807 bytes
            5 | 0 | 5 | 1 | storage 0: found 24 bytes: expected 20 bytes for 5 elements F32
            -1 | 0 | 0 | 1 | found a storage of -1 elements
            """)
    void tensorsThatTheFileCannotHoldAreRefused(long elements, long offset, long size, long stride, String message)
            throws IOException {
        byte[] pickle = new PickleBytes()
                .op('}')
                .text("w")
                .tensor("FloatStorage", "0", elements, offset, new long[] {size}, new long[] {stride})
                .op('s')
                .end();
        String found = refusePickle(pickle);
        assertTrue(found.contains(message), found);
        refuse(TorchBytes.legacy(pickle, 4, Map.of("0", new byte[24])));
    }

    @Test
    void storagesMustAgreeWithEachOther() throws IOException {
        byte[] pickle = new PickleBytes()
                .op('}')
                .storage("FloatStorage", "0", 6, false)
                .storage("LongStorage", "0", 3, false)
                .end();
        assertTrue(refusePickle(pickle).contains("found storage 0 of two types or sizes"));
        byte[] single = PickleBytes.single("FloatStorage", "0", 6);
        assertTrue(refuse(TorchBytes.zip("x/", false, single, Map.of("1", new byte[24])))
                .contains("storage 0: found nothing: expected 24 bytes for 6 elements F32"));
        assertTrue(refuse(TorchBytes.legacy(single, 4, Map.of("1", new byte[24])))
                .contains("storage 1: found a storage that no tensor uses"));
        assertTrue(refuse(TorchBytes.legacy(single, 4, Map.of())).contains("storages: found 1 missing and 0 bytes"));
        assertTrue(refuse(TorchBytes.legacy(single, 4, Map.of("0", new byte[20])))
                .contains("storage 0: found 5: expected 6"));
    }

    @Test
    void depthCyclesAndFloodsAreBounded() throws IOException {
        // a list that holds itself, and a dictionary in itself
        byte[] cycle = new PickleBytes()
                .op('}', 'q', 0)
                .text("a")
                .op(']', 'q', 1, 'h', 1, 'a', 's')
                .text("model")
                .op('h', 0, 's', '.')
                .end();
        assertTrue(refusePickle(Arrays.copyOf(cycle, cycle.length - 1)).contains("no tensors among the 2 entries"));
        // a list as a key would have to be hashed
        assertTrue(refusePickle(new PickleBytes().op('}', ']', 'N', 's').end()).contains("found a key that is a seq"));
        // a later entry would hide an earlier one
        assertTrue(refusePickle(new PickleBytes()
                        .op('}')
                        .text("w")
                        .op('N', 's')
                        .text("w")
                        .op('N', 's')
                        .end())
                .contains("found key w twice"));
        byte[] deep = new byte[1_000_000];
        Arrays.fill(deep, (byte) ']');
        assertTrue(refusePickle(new PickleBytes().raw(deep).end()).contains("values left over"));
        byte[] flood = new byte[8_000_000];
        Arrays.fill(flood, (byte) '}');
        assertTrue(refusePickle(new PickleBytes().raw(flood).end()).contains("found more than 4000000 values"));
        // one long list of pairs, turned into a dictionary again and again
        PickleBytes pairs = new PickleBytes().op(']', 'q', 0, '(');
        for (int i = 0; i < 2000; i++) {
            pairs.op('(').number(i).op('N', 't');
        }
        pairs.op('e', '0').global("collections", "OrderedDict").op('q', 1);
        for (int i = 0; i < 2000; i++) {
            pairs.op('h', 1, 'h', 0, 0x85, 'R', '0');
        }
        assertTrue(refusePickle(pairs.end()).contains("found more than 1000000 pairs"));
    }

    @Test
    void lengthsBeyondThePickleAreRefused() throws IOException {
        for (PickleBytes p : List.of(
                new PickleBytes().op('X').int32(-1),
                new PickleBytes().op('B').int32(Integer.MAX_VALUE),
                new PickleBytes().op(0x8d).int64(Long.MAX_VALUE),
                new PickleBytes().op(0x8e).int64(-1),
                new PickleBytes().op(0x95).int64(1000))) {
            assertTrue(refusePickle(p.end()).contains("found a length of "));
        }
        assertTrue(refusePickle(new PickleBytes().op(0x8a, 200).end()).contains("found a length of 200"));
        assertTrue(refusePickle(new PickleBytes().op('h', 3).end()).contains("found a reference to 3"));
        assertTrue(refusePickle(new PickleBytes().op('}', '(', '0', 't').end()).contains("without a value"));
        assertTrue(refusePickle(new PickleBytes().op('t').end()).contains("an end without a beginning"));
    }

    @Test
    void zipBombsAreRefusedBeforeTheyUnfold() throws IOException {
        int bytes = 1 << 28;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            TorchBytes.entry(zip, "x/data.pkl", true, PickleBytes.single("ByteStorage", "0", bytes));
            TorchBytes.entry(zip, "x/data/0", true, new byte[bytes]);
        }
        assertTrue(refuse(out.toByteArray()).contains("zip entry x/data/0: found 268435456 bytes to unfold"));
        out.reset();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            TorchBytes.entry(zip, "x/data.pkl", true, new byte[Unpickler.MAX_BYTES + 1]);
        }
        assertTrue(refuse(out.toByteArray()).contains("data.pkl: found more bytes: expected at most"));
    }

    @Test
    void archivesThatContradictThemselvesAreRefused() throws IOException {
        byte[] pickle = PickleBytes.single("FloatStorage", "0", 2);
        byte[] good = TorchBytes.zip("x/", false, pickle, Map.of("0", new byte[8]));
        int directory = ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getInt(good.length - 6);
        byte[] overlap = good.clone();
        ByteBuffer.wrap(overlap)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(directory + 20, pickle.length + 1)
                .putInt(directory + 24, pickle.length + 1);
        assertTrue(refuse(overlap).contains("expected entries side by side"));
        byte[] renamed = good.clone();
        renamed[directory + 46] = 'y';
        assertTrue(refuse(renamed).contains("zip entry y/data.pkl: found no such header at byte 0"));
        byte[] longer = good.clone();
        ByteBuffer.wrap(longer)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(directory + 20, good.length)
                .putInt(directory + 24, good.length);
        assertTrue(refuse(longer).contains("zip entry x/data.pkl: found " + good.length + " bytes from byte "));
        byte[] twice = good.clone();
        // a second name for the data of the first entry, whose header is elsewhere
        twice[directory + 42] = 1;
        assertTrue(refuse(twice).contains("zip entry x/data.pkl: found no such header at byte 1"));
        byte[] encrypted = good.clone();
        encrypted[directory + 8] |= 1;
        assertTrue(refuse(encrypted).contains("zip entry x/data.pkl: found an encrypted entry"));
        ByteArrayOutputStream two = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(two)) {
            TorchBytes.entry(zip, "x/data.pkl", false, pickle);
            TorchBytes.entry(zip, "y/data.pkl", false, pickle);
        }
        assertTrue(refuse(two.toByteArray()).contains("a zip file with 2 entries data.pkl"));
        two.reset();
        try (ZipOutputStream zip = new ZipOutputStream(two)) {
            TorchBytes.entry(zip, "x/data.pkl", false, pickle);
            TorchBytes.entry(zip, "x/byteorder", false, new byte[] {'b', 'i', 'g'});
        }
        assertTrue(refuse(two.toByteArray()).contains("byteorder: found big: expected little"));
    }

    @Test
    void otherPicklesAreNotTakenForTorchFiles() throws IOException {
        assertTrue(refuse(new PickleBytes().op('}').end())
                .contains("magic number: found a dictionary: expected 119547037146038801333356"));
        assertTrue(refuse(new PickleBytes().global("numpy", "ndarray").end())
                .contains("found global numpy.ndarray: expected the magic number of a torch file"));
    }
}
