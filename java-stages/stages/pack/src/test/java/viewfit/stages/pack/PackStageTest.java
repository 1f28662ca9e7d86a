package viewfit.stages.pack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.cli.ContractCheck;
import viewfit.cli.StageMain;
import viewfit.core.data.DamagePolicy;
import viewfit.core.data.ImageFolder;
import viewfit.core.data.Manifest;
import viewfit.core.metrics.Json;
import viewfit.views.ImageAudit;
import viewfit.views.PackInfo;

/** The stage as a user runs it, on the photographs of the tests. */
class PackStageTest {
    private static final Path IMAGES = Path.of(System.getProperty("viewfit.root"), "test-data", "imagenette-mini");

    @TempDir
    Path dir;

    private Path train = Path.of("");
    private Path heldout = Path.of("");
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void manifests() {
        ImageFolder folder;
        try (ImageAudit audit = new ImageAudit(ImageAudit.Depth.HEADER)) {
            folder = ImageFolder.scan(IMAGES, audit, DamagePolicy.FAIL, 2);
        }
        train = dir.resolve("train.csv");
        heldout = dir.resolve("heldout.csv");
        new Manifest(folder.train(), Map.of()).write(train);
        new Manifest(folder.val(), Map.of()).write(heldout);
    }

    private int run(String... args) {
        StringWriter ignored = new StringWriter();
        return StageMain.execute(new PackStage(), new PrintWriter(ignored), new PrintWriter(err), args);
    }

    private int pack(Path out, String... more) {
        List<String> all = new ArrayList<>(List.of("--out", out.toString(), "--images", IMAGES.toString()));
        all.addAll(List.of(more));
        return run(all.toArray(String[]::new));
    }

    @Test
    void keepsItsContract() {
        assertEquals(List.of(), ContractCheck.differences(new PackStage()));
    }

    @Test
    void packsManifestsAndFindsThemWhole() {
        Path out = dir.resolve("pack");
        String[] more = {
            "--manifest", train.toString(), "--manifest", heldout.toString(), "--store", "pixels", "--shard-mib", "7"
        };
        assertEquals(0, pack(out, more), err::toString);
        assertEquals("pack: 400 images in 3 shards, 19.7 MB\n", err.toString());
        PackInfo info = Json.read(out.resolve("pack.json"), PackInfo.class);
        assertEquals(
                List.of("train.csv", "heldout.csv"),
                info.manifests().stream().map(PackInfo.Source::file).toList());
        err.getBuffer().setLength(0);
        assertEquals(0, run("--check", out.toString()), err::toString);
        assertEquals(
                3,
                err.toString()
                        .lines()
                        .filter(line -> line.contains(": whole, "))
                        .count(),
                err::toString);
    }

    @Test
    void aDamagedPackIsNotTouchedByTheCheck() throws IOException {
        Path out = dir.resolve("pack");
        assertEquals(0, pack(out, "--manifest", heldout.toString()), err::toString);
        Path shard = out.resolve("shards/shard-00000.bin");
        byte[] bytes = Files.readAllBytes(shard);
        bytes[bytes.length / 2] ^= 4;
        Files.write(shard, bytes);
        err.getBuffer().setLength(0);
        assertEquals(65, run("--check", out.toString(), "--out", out.toString()));
        assertTrue(
                err.toString().contains("shard-00000.bin: found 1 of 100 images damaged, the first "), err::toString);
        assertEquals(1, err.toString().lines().count(), err::toString);
        assertTrue(Files.exists(out.resolve("pack.json")));
    }

    @Test
    void wrongUsageLeavesAFinishedPackAlone() {
        Path out = dir.resolve("pack");
        assertEquals(0, pack(out, "--manifest", heldout.toString()), err::toString);
        assertEquals(64, run("--out", out.toString(), "--manifest", heldout.toString()));
        assertEquals(64, pack(out));
        assertEquals(64, pack(out, "--manifest", heldout.toString(), "--short-side", "9"));
        assertEquals(0, run("--check", out.toString()), err::toString);
    }

    @Test
    void wrongUsageAndInputAreOneLineEach() throws IOException {
        Path out = dir.resolve("pack");
        assertEquals(64, run("--out", out.toString()));
        assertEquals(64, pack(out));
        String[] given = {"--manifest", heldout.toString()};
        assertEquals(64, pack(out, given[0], given[1], "--short-side", "64"));
        assertEquals(64, pack(out, given[0], given[1], "--store", "pixels", "--short-side", "0"));
        assertEquals(64, pack(out, given[0], given[1], "--shard-mib", "1024"));
        assertEquals(64, pack(out, given[0], given[1], "--threads", "-1"));
        assertEquals(64, pack(out, given[0], given[1], "--store", "zip"));
        assertEquals(66, pack(out, "--manifest", dir.resolve("no.csv").toString()));
        assertEquals(66, run("--check", dir.resolve("nowhere").toString()));
        assertEquals(66, run("--out", out.toString(), "--images", "nowhere", given[0], given[1]));
        new Manifest(List.of(), Map.of()).write(train);
        assertEquals(65, pack(out, "--manifest", train.toString()));
        Files.writeString(dir.resolve("file"), "");
        assertEquals(74, pack(dir.resolve("file/pack"), given));
        assertEquals(12, err.toString().lines().count(), err::toString);
        assertFalse(Files.exists(out.resolve("pack.json")));
    }

    @Test
    void aStubRunWritesAllOutputs() {
        assertEquals(0, run("--stub", "--out", dir.toString()), err::toString);
        assertEquals(0, run("--check", dir.toString()), err::toString);
    }
}
