package viewfit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Option;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.Port;
import viewfit.core.contract.StageContract;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Manifest;
import viewfit.core.files.AtomicFiles;

class StageMainTest {
    private static final StageContract CONTRACT = new StageContract(
            "toy",
            "Copies 100 % of nothing.",
            List.of(
                    new Port("recipe", "recipe.yml", "pretrain/1", "what to do"),
                    new Port("hints", "hints.txt", "names/1", "more", false)),
            List.of(new Port("train", "train.csv", "manifest/1", "the rows"), new Port("log", "log.csv", "log/1", "x")),
            List.of(ExitCode.OK, ExitCode.USAGE));

    @TempDir
    Path dir;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** A step that may fail in any way. */
    private interface Work {
        void on(Path out) throws IOException;
    }

    static class Toy extends ComputeStage {
        private final Work work;

        @Option(names = "--recipe", required = true)
        Path recipe = Path.of("");

        @Option(names = "--hints")
        Path hints = Path.of("");

        enum Sort {
            COARSE,
            VERY_FINE
        }

        @Option(names = "--sort")
        Sort sort = Sort.COARSE;

        Toy(Work work) {
            super(CONTRACT, "bin/stage toy --recipe r.yml");
            this.work = work;
        }

        @Override
        protected void run() throws IOException {
            work.on(out());
        }
    }

    private int run(Work work, String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--out", dir.toString()));
        return StageMain.execute(new Toy(work), new PrintWriter(out), new PrintWriter(err), all.toArray(new String[0]));
    }

    private int failing(RuntimeException e) {
        return run(
                folder -> {
                    throw e;
                },
                "--recipe",
                "r.yml");
    }

    private static void writeAll(Path folder) {
        new Manifest(List.of(), Map.of()).write(folder.resolve("train.csv"));
        AtomicFiles.writeString(folder.resolve("log.csv"), "# schema: log/1\nstep\n");
    }

    @Test
    void endsWithZeroWhenEveryOutputReadsBack() {
        assertEquals(0, run(StageMainTest::writeAll, "--recipe", "r.yml"), err::toString);
        assertEquals("", err.toString());
    }

    @Test
    void aMissingOutputIsABugOfTheStage() {
        assertEquals(70, run(folder -> {}, "--recipe", "r.yml"));
        assertTrue(err.toString().contains("train.csv: not written"), err::toString);
    }

    @Test
    void aFailedRunLeavesNoOutputOfAnEarlierOne() throws IOException {
        assertEquals(0, run(StageMainTest::writeAll, "--recipe", "r.yml"), err::toString);
        Files.writeString(dir.resolve("notes.txt"), "not of this stage");
        assertEquals(65, failing(new StageFailure(ExitCode.BAD_DATA, "where: what: allowed")));
        assertFalse(Files.exists(dir.resolve("train.csv")));
        assertFalse(Files.exists(dir.resolve("log.csv")));
        assertTrue(Files.exists(dir.resolve("notes.txt")));
    }

    @Test
    void anUnreadableOutputIsABugOfTheStage() {
        Work work = folder -> {
            writeAll(folder);
            AtomicFiles.writeString(folder.resolve("train.csv"), "# schema: manifest/1\npath,label\n");
        };
        assertEquals(70, run(work, "--recipe", "r.yml"));
        assertTrue(err.toString().contains("[path, label, bytes, sha256]"), err::toString);
    }

    @Test
    void aTypoInAnOptionIsUsageAndNamesWhatWasMeant() {
        assertEquals(64, run(StageMainTest::writeAll, "--recip", "r.yml"));
        assertEquals(
                "toy: unknown option '--recip', did you mean '--recipe'? (options: bin/stage toy --help)\n",
                err.toString());
        assertFalse(Files.exists(dir.resolve("train.csv")));
    }

    @Test
    void otherWrongUsageIsOneLineToo() {
        assertEquals(64, run(StageMainTest::writeAll));
        assertTrue(err.toString().startsWith("toy: Missing required option: '--recipe"), err::toString);
        assertEquals(64, run(StageMainTest::writeAll, "--recipe", "r.yml", "--threads", "many"));
        assertEquals(64, run(StageMainTest::writeAll, "--recipe", "r.yml", "--device", "abacus"));
        assertEquals(64, run(StageMainTest::writeAll, "--recipe", "r.yml", "stray"));
        assertEquals(64, run(StageMainTest::writeAll, "--recipe", "r.yml", "--threads", "-3"));
        assertTrue(err.toString().endsWith("toy: --threads: found -3: must be 0 (all cores) or more\n"), err::toString);
        assertEquals(5, err.toString().lines().count(), err::toString);
    }

    /** Constants are said as they are typed. */
    @Test
    void aWrongWordIsToldTheRightOnes() {
        assertEquals(64, run(StageMainTest::writeAll, "--recipe", "r.yml", "--sort", "LOOSE"));
        assertEquals(
                "toy: Invalid value for option '--sort': expected one of [coarse, very_fine] (case-insensitive) but was"
                        + " 'LOOSE' (options: bin/stage toy --help)\n",
                err.toString());
        assertEquals(0, run(StageMainTest::writeAll, "--recipe", "r.yml", "--sort", "very_fine"));
    }

    @Test
    void everyVerdictKeepsItsCodeAndItsLine() {
        for (ExitCode code : ExitCode.values()) {
            assertEquals(code.code(), failing(new StageFailure(code, "where: what: allowed")));
        }
        assertTrue(err.toString().lines().allMatch("toy: where: what: allowed"::equals), err::toString);
    }

    @Test
    void inputAndOutputErrorsHaveTheirOwnCodes() {
        assertEquals(66, failing(new UncheckedIOException(new NoSuchFileException("a.csv"))));
        assertEquals(74, failing(new UncheckedIOException(new IOException("No space left on device"))));
        assertEquals(2, err.toString().lines().count());
    }

    @Test
    void anythingElseIsABugWithItsTrace() {
        assertEquals(70, failing(new IllegalStateException("oops")));
        assertTrue(err.toString().contains("\tat viewfit.cli.StageMainTest"), err::toString);
    }

    @Test
    void errorsOfTheMachineDoNotEscape() {
        Work heap = folder -> {
            throw new OutOfMemoryError();
        };
        Work broken = folder -> {
            throw new LinkageError("no native");
        };
        assertEquals(3, run(heap, "--recipe", "r.yml"));
        assertEquals(70, run(broken, "--recipe", "r.yml"));
    }

    /** So a page of a mapped file that the disk did not deliver may show, in any thread. */
    @Test
    void anUnreadablePageIsAFailedReadNotABug() {
        InternalError page =
                new InternalError("a fault occurred in a recent unsafe memory access operation in compiled Java code");
        Work here = folder -> {
            throw page;
        };
        Work inAnotherThread = folder -> {
            throw new IllegalStateException("worker", page);
        };
        Work other = folder -> {
            throw new InternalError("something else");
        };
        assertEquals(74, run(here, "--recipe", "r.yml"));
        assertEquals(74, run(inAnotherThread, "--recipe", "r.yml"));
        assertEquals(2, err.toString().lines().count(), err::toString);
        assertEquals(70, run(other, "--recipe", "r.yml"));
    }

    @Test
    void aStubRunNeedsNoInputsAndLeavesValidOutputs() {
        Work never = folder -> {
            throw new AssertionError("a stub run must not work");
        };
        assertEquals(0, run(never, "--stub"), err::toString);
        assertEquals(0, Manifest.read(dir.resolve("train.csv")).size());
        assertTrue(Files.exists(dir.resolve("log.csv")));
    }

    @Test
    void helpShowsExampleContractAndExitCodes() {
        assertEquals(0, run(StageMainTest::writeAll, "--help"));
        String help = out.toString();
        for (String part : List.of(
                "Copies 100 % of nothing.",
                "bin/stage toy --recipe r.yml",
                "--recipe ",
                "pretrain/1",
                "(optional)",
                "train.csv",
                "64  the command line is wrong")) {
            assertTrue(help.contains(part), () -> part + " is not in\n" + help);
        }
    }

    @Test
    void versionNamesStageAndCode() {
        assertEquals(0, run(StageMainTest::writeAll, "--version"));
        assertTrue(out.toString().startsWith("viewfit toy 0.1.0+"), out::toString);
    }

    @Test
    void theContractCheckSeesADifference() {
        assertEquals(List.of(), ContractCheck.differences(new Toy(StageMainTest::writeAll)));
        Stage other = new Toy(StageMainTest::writeAll) {
            @SuppressWarnings("UnusedVariable")
            @Option(names = "--extra", required = true)
            String extra = "";
        };
        assertEquals(1, ContractCheck.differences(other).size());
    }
}
