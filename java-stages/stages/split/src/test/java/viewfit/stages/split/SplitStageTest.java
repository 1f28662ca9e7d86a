package viewfit.stages.split;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.cli.ContractCheck;
import viewfit.cli.StageMain;
import viewfit.core.Code;
import viewfit.core.contract.Contracts;
import viewfit.core.contract.Port;
import viewfit.core.data.Classes;
import viewfit.core.data.Manifest;
import viewfit.core.data.ManifestRow;
import viewfit.core.data.Quarantine;
import viewfit.core.data.Shapes;
import viewfit.core.data.SplitReport;
import viewfit.core.files.Hashes;
import viewfit.core.metrics.Json;

/** The stage as a user runs it: files, exit codes and the one line on stderr. */
class SplitStageTest {
    private static final Path IMAGES = Path.of(System.getProperty("viewfit.root"), "test-data", "imagenette-mini");

    @TempDir
    Path dir;

    private final StringWriter err = new StringWriter();

    private int run(Path out, String... args) {
        List<String> all = new ArrayList<>(List.of("--out", out.toString()));
        all.addAll(List.of(args));
        StringWriter ignored = new StringWriter();
        return StageMain.execute(
                new SplitStage(), new PrintWriter(ignored), new PrintWriter(err), all.toArray(new String[0]));
    }

    @Test
    void keepsItsContract() {
        assertEquals(List.of(), ContractCheck.differences(new SplitStage()));
    }

    @Test
    void dividesPhotographsAndTheSameSeedGivesTheSameBytes() throws IOException {
        assertEquals(
                0, run(dir.resolve("a"), "--images", IMAGES.toString(), "--heldout-per-class", "10"), err::toString);
        assertEquals(0, run(dir.resolve("b"), "--images", IMAGES.toString(), "--heldout-per-class", "10"));
        for (Port port : Contracts.SPLIT.outputs()) {
            assertEquals(
                    -1,
                    Files.mismatch(
                            dir.resolve("a").resolve(port.file()),
                            dir.resolve("b").resolve(port.file())));
        }
        SplitReport report = Json.read(dir.resolve("a/split.json"), SplitReport.class);
        assertEquals(200, report.counts().get("train"));
        assertEquals(100, report.counts().get("heldout"));
        assertEquals(100, report.counts().get("test"));
        assertEquals(10, report.counts().get("labels-1pct"));
        assertEquals(20, report.counts().get("labels-10pct"));
        assertEquals(
                Hashes.sha256(dir.resolve("a/train.csv")), report.provenance().manifestSha256());
        assertEquals(10, Classes.read(dir.resolve("a/classes.csv")).count());
        // Another version that divides the same images alike writes the same bytes.
        assertFalse(Files.readString(dir.resolve("a/train.csv")).contains(Code.version()));
        assertEquals(Code.version(), report.provenance().code());
        assertEquals("", err.toString());
    }

    @Test
    void saysWhenAClassIsTooSmall() {
        assertEquals(0, run(dir, "--images", IMAGES.toString()));
        assertEquals(
                "split: 10 of 10 classes have fewer than 50 images to hold out and keep half of theirs.\n",
                err.toString());
        assertEquals(150, Manifest.read(dir.resolve("heldout.csv")).size());
    }

    @Test
    void takesAGivenList() throws IOException {
        Path list = dir.resolve("list.txt");
        List<String> names = Manifest.read(firstRun()).rows().stream()
                .limit(7)
                .map(row -> row.path().replaceFirst(".*/", ""))
                .toList();
        Files.write(list, names);
        assertEquals(
                0,
                run(dir, "--images", IMAGES.toString(), "--heldout-per-class", "5", "--labels-1pct", list.toString()));
        assertEquals(7, Manifest.read(dir.resolve("labels-1pct.csv")).size());
        assertTrue(
                err.toString().contains(": 7 of its 7 names are used, 7 to 7 a class; 0 are held out"), err::toString);
    }

    private Path firstRun() {
        assertEquals(0, run(dir, "--images", IMAGES.toString(), "--heldout-per-class", "5"));
        return dir.resolve("train.csv");
    }

    @Test
    void wrongInputIsOneLineAndLeavesNothing() throws IOException {
        Path out = dir.resolve("out");
        Files.createDirectories(dir.resolve("images/train/cat"));
        assertEquals(66, run(out, "--images", dir.resolve("nowhere").toString()));
        assertEquals(65, run(out, "--images", dir.resolve("images").toString()));
        Files.writeString(dir.resolve("images/train/cat/1.jpg"), "text");
        assertEquals(65, run(out, "--images", dir.resolve("images").toString()));
        assertEquals(64, run(out, "--image", dir.toString()));
        assertEquals(64, run(out, "--images", IMAGES.toString(), "--heldout-per-class", "-1"));
        assertEquals(66, run(out, "--images", IMAGES.toString(), "--labels-1pct", "nowhere.txt"));
        Files.writeString(dir.resolve("file"), "");
        assertEquals(74, run(dir.resolve("file/out"), "--images", IMAGES.toString(), "--heldout-per-class", "5"));
        assertEquals(7, err.toString().lines().count(), err::toString);
        assertFalse(Files.exists(out));
    }

    /** The photographs with one that has lost its second half and one with noise inside. */
    private Path damaged() throws IOException {
        Path root = dir.resolve("photos");
        try (Stream<Path> files = Files.walk(IMAGES.resolve("train"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = root.resolve(IMAGES.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        List<ManifestRow> rows = Manifest.read(firstRun()).rows();
        Path cut = root.resolve(rows.get(3).path());
        byte[] bytes = Files.readAllBytes(cut);
        Files.write(cut, Arrays.copyOf(bytes, bytes.length / 2));
        Path noise = root.resolve(rows.get(40).path());
        bytes = Files.readAllBytes(noise);
        // Ones alone are no Huffman code; FF is followed by a stuffed zero.
        for (int i = bytes.length / 2; i < bytes.length - 3; i += 2) {
            bytes[i] = (byte) 0xFF;
            bytes[i + 1] = 0;
        }
        Files.write(noise, bytes);
        return root;
    }

    @Test
    void damagedImagesEndTheRunOrAreLeftOut() throws IOException {
        Path root = damaged();
        Path out = dir.resolve("out");
        String[] args = {"--images", root.toString(), "--heldout-per-class", "5"};
        assertEquals(65, run(out, args));
        assertTrue(err.toString().contains("found a JPEG that ends too early"), err::toString);
        assertFalse(Files.exists(out));
        String[] skip = {"--images", root.toString(), "--heldout-per-class", "5", "--on-damaged", "skip"};
        assertEquals(0, run(out, skip), err::toString);
        Quarantine quarantine = Quarantine.read(out.resolve("quarantine.csv"));
        assertEquals(
                List.of("truncated", "corrupt"),
                quarantine.rows().stream().map(Quarantine.Row::reason).toList());
        for (String name : List.of("train", "heldout", "labels-1pct", "labels-10pct")) {
            List<String> paths = Manifest.read(out.resolve(name + ".csv")).rows().stream()
                    .map(ManifestRow::path)
                    .toList();
            quarantine.rows().forEach(row -> assertFalse(paths.contains(row.path()), name));
        }
        SplitReport report = Json.read(out.resolve("split.json"), SplitReport.class);
        assertEquals(2, report.counts().get("damaged"));
        assertEquals(298, report.counts().get("train") + report.counts().get("heldout"));
        assertEquals(
                report.counts().get("train"),
                Shapes.read(out.resolve("shapes.csv")).images());
        assertTrue(err.toString().contains("2 of 300 images are damaged and left out"), err::toString);
    }

    @Test
    void theQuotaAndTheCheapCheckAreKept() throws IOException {
        Path root = damaged();
        Path out = dir.resolve("out");
        assertEquals(65, run(out, "--images", root.toString(), "--on-damaged", "skip", "--damaged-quota", "0.005"));
        assertTrue(err.toString().contains("damaged images: found 2 of 300, the first: "), err::toString);
        assertEquals(64, run(out, "--images", root.toString(), "--damaged-quota", "1.5"));
        assertEquals(64, run(out, "--images", root.toString(), "--on-damaged", "ignore"));
        assertEquals(0, run(out, "--images", root.toString(), "--on-damaged", "skip", "--check", "header"));
        // Damage inside is not seen by a look at header and end.
        assertEquals(1, Quarantine.read(out.resolve("quarantine.csv")).rows().size());
    }

    @Test
    void threadsPlayNoPart() throws IOException {
        assertEquals(64, run(dir, "--images", IMAGES.toString(), "--threads", "-1"));
        assertEquals(
                "split: --threads: found -1: must be 0 (one per core) or more",
                err.toString().strip());
        for (String threads : List.of("1", "3")) {
            assertEquals(0, run(dir.resolve(threads), "--images", IMAGES.toString(), "--threads", threads));
        }
        for (Port port : Contracts.SPLIT.outputs()) {
            assertEquals(
                    -1,
                    Files.mismatch(
                            dir.resolve("1").resolve(port.file()),
                            dir.resolve("3").resolve(port.file())));
        }
    }

    @Test
    void shapesCountTheImagesToTrainOn() {
        firstRun();
        Shapes shapes = Shapes.read(dir.resolve("shapes.csv"));
        assertEquals(250, shapes.images());
        assertTrue(Quarantine.read(dir.resolve("quarantine.csv")).rows().isEmpty());
    }

    @Test
    void aStubRunWritesAllOutputs() {
        assertEquals(0, run(dir, "--stub"), err::toString);
    }

    /** What a list is, is on record: its checksum, and how many of it each class has. */
    @Test
    void aGivenListIsOnRecord() throws IOException {
        List<String> names = Manifest.read(firstRun()).rows().stream()
                .limit(3)
                .map(row -> "0," + row.label() + ",n01440764,"
                        + row.path().substring(row.path().lastIndexOf('/') + 1))
                .toList();
        Path list = dir.resolve("list.txt");
        Files.write(list, names);
        Path out = dir.resolve("out");
        assertEquals(0, run(out, "--images", IMAGES.toString(), "--labels-1pct", list.toString()), err::toString);
        SplitReport report = Json.read(out.resolve("split.json"), SplitReport.class);
        SplitReport.LabelSource one = report.labels().get(0);
        assertEquals("own list", one.kind());
        assertEquals(viewfit.core.files.Hashes.sha256(list), one.sha256());
        assertEquals(3, one.names());
        assertEquals(3, one.used() + one.heldout());
        assertEquals(one.used(), one.most());
        assertEquals("drawn", report.labels().get(1).kind());
        assertTrue(err.toString().contains("list.txt: own list, sha256 " + one.sha256()), err::toString);
        Files.write(list, new byte[] {(byte) 0xff, (byte) 0xfe});
        assertEquals(65, run(out, "--images", IMAGES.toString(), "--labels-1pct", list.toString()));
    }
}
