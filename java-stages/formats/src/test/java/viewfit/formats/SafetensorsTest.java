package viewfit.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.goldens.Goldens;

class SafetensorsTest {
    @TempDir
    Path folder;

    @Test
    void readsTheReferenceFile() {
        JsonNode expected = Goldens.coco().json("tiny_expected.json");
        TensorFile file = Safetensors.read(Goldens.coco().file("tiny.safetensors"));
        assertEquals(Map.of("format", "pt"), file.metadata());
        TestTensors.assertEqual(expected, file.tensors());
    }

    @Test
    void writingTheReferenceContentGivesTheReferenceBytes() throws IOException {
        Path reference = Goldens.coco().file("tiny.safetensors");
        TensorFile file = Safetensors.read(reference);
        List<Tensor> shuffled = new ArrayList<>(file.tensors().values());
        Collections.reverse(shuffled);
        Path copy = folder.resolve("copy.safetensors");
        Safetensors.write(copy, shuffled, file.metadata());
        assertArrayEquals(Files.readAllBytes(reference), Files.readAllBytes(copy));
    }

    @Test
    void anyContentSurvivesARoundTripAndEqualContentGivesEqualBytes() throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 40; round++) {
            List<Tensor> tensors = new ArrayList<>();
            int count = random.nextInt(12);
            for (int i = 0; i < count; i++) {
                tensors.add(randomTensor(random, i));
            }
            Map<String, String> metadata = round % 3 == 0
                    ? Map.of()
                    : Map.of(
                            "schema", "x/1", "recipe", "a: 1\nb: \"\u00e9\u6f22\"\n", "empty", "", "z" + round, "\\\"");
            Path a = folder.resolve("a.safetensors");
            Path b = folder.resolve("b.safetensors");
            Safetensors.write(a, tensors, metadata);
            TensorFile back = Safetensors.read(a);
            assertEquals(metadata, back.metadata());
            assertEquals(count, back.tensors().size());
            for (Tensor tensor : tensors) {
                assertTrue(tensor.sameContent(back.tensor(tensor.name())), tensor.toString());
            }
            List<Tensor> reversed = new ArrayList<>(back.tensors().values());
            Collections.reverse(reversed);
            Safetensors.write(b, reversed, back.metadata());
            assertArrayEquals(Files.readAllBytes(a), Files.readAllBytes(b));
            assertEquals(
                    0,
                    ByteBuffer.wrap(Files.readAllBytes(a))
                                    .order(ByteOrder.LITTLE_ENDIAN)
                                    .getLong()
                            % 8);
        }
    }

    private static Tensor randomTensor(SplittableRandom random, int index) {
        List<DType> types = List.of(DType.values());
        DType dtype = types.get(random.nextInt(types.size()));
        long[] shape = new long[random.nextInt(5)];
        int count = 1;
        for (int d = 0; d < shape.length; d++) {
            shape[d] = random.nextInt(5);
            count *= (int) shape[d];
        }
        byte[] bytes = new byte[count * dtype.bytes()];
        random.nextBytes(bytes);
        String name = List.of("a.", "layer\u00e9.", "\ud83d\ude00", "\uff5e", "", "q\"\\\n")
                        .get(random.nextInt(6))
                + index;
        return new Tensor(name, dtype, shape, ByteBuffer.wrap(bytes));
    }

    @Test
    void namesAreOrderedByTheirUtf8Bytes() {
        // the supplementary character sorts first in UTF-16, last in UTF-8
        Path file = folder.resolve("order.safetensors");
        Safetensors.write(
                file,
                List.of(Tensor.f32("\ud83d\ude00", new long[] {1}, 1), Tensor.f32("\uff5e", new long[] {1}, 2)),
                Map.of());
        assertEquals(
                List.of("\uff5e", "\ud83d\ude00"),
                List.copyOf(Safetensors.read(file).tensors().keySet()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | 8 | header: found Duplicate field 'a'
            {"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}} | 4 | header: found Duplicate field 'dtype'
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}} | 12 | b.data_offsets: found a hole of 4 bytes before 8
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | 8 | a.data_offsets: found a hole of 4 bytes before 4
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | 8 | b.data_offsets: found an overlap of 4 bytes before 4
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} | 5 | data: found 5 bytes after the header: expected exactly the 4 bytes
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} | 4 | data: found 4 bytes after the header: expected exactly the 8 bytes
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}} | 4 | a.data_offsets: found 4 bytes: expected 8 bytes
            {"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}} | 4 | a.dtype: found "F31": expected one of BOOL, U8
            {"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}} | 4 | a.shape: found [-1]
            {"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}} | 4 | a.shape: found [1.0]
            {"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}} | 4 | a.shape: found 1
            {"a":{"dtype":"F32","shape":[3037000500,3037000500],"data_offsets":[0,4]}} | 4 | a.shape: found [3037000500, 3037000500]
            {"a":{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}} | 4 | a.shape
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}} | 4 | a.data_offsets: found [4,0]
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}} | 4 | a.data_offsets: found [0]
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}} | 4 | a: found {"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}
            {"a":{"dtype":"F32","shape":[1]}} | 4 | a: found {"dtype":"F32","shape":[1]}
            {"__metadata__":{"k":1}} | 0 | __metadata__.k: found 1: expected a string
            {"__metadata__":["k"]} | 0 | __metadata__: found ["k"]
            {} {} | 0 | header: found Trailing token
            {"a" | 0 | header: found
            [1] | 0 | header: found first byte 91: expected '{'
            """)
    void refusesWhatIsNotWellFormed(String header, int dataBytes, String message) throws IOException {
        Path file = raw(header, dataBytes);
        StageFailure failure = assertThrows(StageFailure.class, () -> Safetensors.read(file));
        assertEquals(ExitCode.BAD_DATA, failure.exitCode());
        assertTrue(String.valueOf(failure.getMessage()).startsWith(file + ": " + message), failure.getMessage());
        assertFalse(String.valueOf(failure.getMessage()).contains("\n"), failure.getMessage());
    }

    private Path raw(String header, int dataBytes) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        return Files.write(folder.resolve("raw.safetensors"), bytes.array());
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "-1", "3", "100000001", "9223372036854775807"})
    void refusesABrokenHeaderLength(long length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(length).put((byte) '{').put((byte) '}');
        Path file = Files.write(folder.resolve("length.safetensors"), bytes.array());
        StageFailure failure = assertThrows(StageFailure.class, () -> Safetensors.read(file));
        assertTrue(failure.getMessage().contains("header length: found " + Long.toUnsignedString(length)));
    }

    @Test
    void refusesAHeaderThatIsTooLongOrNotUtf8() throws IOException {
        Path big = folder.resolve("big.safetensors");
        try (var channel = Files.newByteChannel(big, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(100_000_001)
                    .array()));
            channel.position(8 + 100_000_001L);
            channel.write(ByteBuffer.allocate(1)); // sparse: costs no disk
        }
        assertTrue(assertThrows(StageFailure.class, () -> Safetensors.read(big))
                .getMessage()
                .contains("header length: found 100000001: expected 2 to 100000000"));

        byte[] bytes = {4, 0, 0, 0, 0, 0, 0, 0, '{', '"', (byte) 0xc3, '"'};
        Path latin = Files.write(folder.resolve("latin.safetensors"), bytes);
        assertEquals(
                ExitCode.BAD_DATA,
                assertThrows(StageFailure.class, () -> Safetensors.read(latin)).exitCode());
    }

    @Test
    void everyTruncationAndEveryBitFlipIsRefusedOrReadsAsValidContent() throws IOException {
        byte[] good = Files.readAllBytes(Goldens.coco().file("tiny.safetensors"));
        Path file = Files.write(folder.resolve("fuzz.safetensors"), good);
        int headerEnd = 8 + (good[0] & 0xff) + 256 * (good[1] & 0xff);
        int refused = 0;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int bit = 0; bit < good.length * 8; bit++) {
                int at = bit / 8;
                channel.write(ByteBuffer.wrap(new byte[] {(byte) (good[at] ^ (1 << (bit % 8)))}), at);
                try {
                    // the format has no checksum: a flip in a name, in metadata or in the data cannot be seen
                    assertTrue(Safetensors.read(file).tensors().size() >= 9);
                } catch (StageFailure e) {
                    assertEquals(ExitCode.BAD_DATA, e.exitCode());
                    assertTrue(at < headerEnd, "byte " + at);
                    refused++;
                }
                channel.write(ByteBuffer.wrap(new byte[] {good[at]}), at);
            }
            assertEquals(10, Safetensors.read(file).tensors().size());
            assertTrue(refused > headerEnd * 8 * 3 / 4, "only " + refused);

            for (int length = good.length - 1; length >= 0; length--) {
                channel.truncate(length);
                StageFailure e = assertThrows(StageFailure.class, () -> Safetensors.read(file));
                assertEquals(ExitCode.BAD_DATA, e.exitCode(), "length " + length);
            }
        }
    }

    @Test
    void refusesRepeatedAndReservedNames() {
        Tensor one = Tensor.f32("a", new long[] {1}, 1);
        Path file = folder.resolve("never.safetensors");
        assertThrows(IllegalArgumentException.class, () -> Safetensors.write(file, List.of(one, one), Map.of()));
        assertThrows(
                IllegalArgumentException.class,
                () -> Safetensors.write(file, List.of(one.renamed("__metadata__")), Map.of()));
        assertFalse(Files.exists(file));
    }

    @Test
    void missingFilesTensorsAndMetadataAreNamed() {
        Path nothing = folder.resolve("nothing.safetensors");
        StageFailure absent = assertThrows(StageFailure.class, () -> Safetensors.read(nothing));
        assertEquals(ExitCode.NO_INPUT, absent.exitCode());
        Path file = folder.resolve("one.safetensors");
        Safetensors.write(file, List.of(Tensor.f32("a", new long[] {1}, 1)), Map.of("arch", "x"));
        TensorFile one = Safetensors.read(file);
        assertTrue(assertThrows(StageFailure.class, () -> one.tensor("b"))
                .getMessage()
                .contains("no tensor b"));
        assertTrue(assertThrows(StageFailure.class, () -> one.meta("b"))
                .getMessage()
                .contains("no metadata b"));
    }

    @Test
    void filesBeyondTwoGibibytesAreMapped() throws IOException {
        // Three tensors of 1 GiB as a sparse file: only the last element is really there.
        long gib = 1L << 30;
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i < 3; i++) {
            header.append(i == 0 ? "" : ",")
                    .append(String.format(
                            "\"t%d\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[%d,%d]}",
                            i, gib, i * gib, (i + 1) * gib));
        }
        Path file = raw(header.append('}').toString(), 0);
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {42}), channel.size() + 3 * gib - 1);
        }
        TensorFile read = Safetensors.read(file);
        assertEquals(42, read.tensor("t2").data().get((int) gib - 1));
        assertEquals(0, read.tensor("t1").data().get(0));
    }
}
