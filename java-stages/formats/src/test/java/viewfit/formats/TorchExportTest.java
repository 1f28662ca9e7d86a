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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.goldens.Goldens;

class TorchExportTest {
    @TempDir
    Path folder;

    /** One tensor of each type and of each number of axes; sizes beyond one and two bytes. */
    private static List<Tensor> tensors() {
        List<Tensor> tensors = new ArrayList<>();
        for (DType type : DType.values()) {
            byte[] bytes = new byte[6 * type.bytes()];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (type == DType.BOOL ? i % 2 : 3 * i + type.bytes());
            }
            tensors.add(new Tensor("z." + type, type, new long[] {2, 3}, ByteBuffer.wrap(bytes)));
        }
        tensors.add(Tensor.i64("bn.num_batches_tracked", new long[] {}, 1L << 40));
        tensors.add(Tensor.f32("empty", new long[] {0, 4}));
        tensors.add(Tensor.f32("a.long", new long[] {70_000, 1}, new float[70_000]));
        tensors.add(Tensor.f32("ü", new long[] {300}, new float[300]));
        return tensors;
    }

    private Path write(List<Tensor> tensors) {
        Path file = folder.resolve("model.pth");
        TorchExport.write(file, tensors);
        return file;
    }

    @Test
    void everyTensorIsReadBackInItsPlace() {
        List<Tensor> tensors = tensors();
        WeightFile file = WeightFile.open(write(tensors));
        assertEquals(WeightFile.Form.TORCH_ZIP, file.form());
        assertEquals(tensors.stream().map(Tensor::name).toList(), List.copyOf(file.names(WeightFile.WHOLE)));
        tensors.forEach(t -> assertTrue(file.tensor(WeightFile.WHOLE, t.name()).sameContent(t), t.toString()));
    }

    /** By a reader of zip files that is not ours: entries, their order, dates, method, and contents at multiples of 64. */
    @Test
    void theArchiveIsLaidOutAsTorchDoes() throws IOException {
        List<Tensor> tensors = tensors();
        Path file = write(tensors);
        List<String> names = new ArrayList<>();
        byte[] bytes = Files.readAllBytes(file);
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                names.add(entry.getName());
                assertEquals(ZipEntry.STORED, entry.getMethod());
                assertEquals(1980, entry.getTimeLocal().getYear());
            }
            assertEquals(
                    "little",
                    new String(
                            zip.getInputStream(zip.getEntry("archive/byteorder"))
                                    .readAllBytes(),
                            StandardCharsets.US_ASCII));
            byte[] storage = zip.getInputStream(zip.getEntry("archive/data/0")).readAllBytes();
            byte[] expected = new byte[6];
            tensors.get(0).data().get(expected);
            assertArrayEquals(expected, storage);
        }
        assertEquals("archive/data.pkl", names.get(0));
        assertEquals("archive/byteorder", names.get(1));
        assertEquals("archive/version", names.get(names.size() - 1));
        assertEquals(tensors.size() + 3, names.size());
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        for (String name : names) {
            assertEquals(0x04034b50, in.getInt(at), name);
            int start = at + 30 + in.getShort(at + 26) + in.getShort(at + 28);
            assertEquals(0, start % 64, name);
            at = start + in.getInt(at + 22);
        }
        assertEquals(0x02014b50, in.getInt(at), "the directory follows");
    }

    /** Names and order of torchvision's and timm's own state dictionaries, their classifiers left out. */
    @ParameterizedTest
    @ValueSource(strings = {"mobilenet_v2", "resnet18", "resnet34", "resnet50"})
    void theOrderIsThatOfTheReference(String arch) {
        Path file = write(TestBackbones.tensors(arch, "x/"));
        List<String> expected = new ArrayList<>();
        for (JsonNode row : Goldens.coco().json("names.json").path("torchvision/" + arch)) {
            String name = row.get(0).asText();
            if (!name.startsWith("fc.") && !name.startsWith("classifier.")) {
                expected.add(name + " " + row.get(1));
            }
        }
        WeightFile content = WeightFile.open(file);
        List<String> found = content.names(WeightFile.WHOLE).stream()
                .map(n -> n + " "
                        + Arrays.toString(content.tensor(WeightFile.WHOLE, n).shape())
                                .replace(" ", ""))
                .toList();
        assertEquals(expected, found);
    }

    @Test
    void equalContentGivesEqualBytes() throws IOException {
        byte[] first = Files.readAllBytes(write(tensors()));
        assertArrayEquals(first, Files.readAllBytes(write(tensors())));
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeAnythingIsWritten() {
        ByteBuffer shared = ByteBuffer.allocate(256 << 20);
        List<Tensor> tensors = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            tensors.add(new Tensor("w" + i, DType.F32, new long[] {64 << 20}, shared));
        }
        Path file = folder.resolve("huge.pth");
        StageFailure failure = assertThrows(StageFailure.class, () -> TorchExport.write(file, tensors));
        assertEquals(ExitCode.BAD_DATA, failure.exitCode());
        assertTrue(failure.getMessage().startsWith(file + ": found 19 entries of 42949"), failure.getMessage());
        assertTrue(failure.getMessage().contains("of less than 4 GiB"), failure.getMessage());
        assertFalse(Files.exists(file));
    }
}
