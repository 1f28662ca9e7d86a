package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.contract.ExitCode;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;
import viewfit.stages.grid.GridStage;
import viewfit.stages.pack.PackStage;
import viewfit.stages.pretrain.PretrainStage;
import viewfit.stages.report.ReportStage;
import viewfit.stages.split.SplitStage;
import viewfit.stages.views.ViewsStage;

/** Stages that find the disk full: those that make data, views, networks and the report. */
class FullDiskTest extends FullDisk {
    @Test
    void split() throws IOException {
        full(
                SplitStage::new,
                List.of("train.csv", "heldout.csv", "labels-1pct.csv", "classes.csv", "shapes.csv", "split.json"),
                "--images",
                IMAGES.toString());
    }

    @Test
    void grid() throws IOException {
        full(
                GridStage::new,
                List.of("cells/ours_s0.yml", "views/ours_s0.yml", "cells.csv", "shows.json"),
                "--grid",
                Repository.ROOT.resolve("params/grids/test.yml").toString(),
                "--recipes",
                Repository.ROOT.resolve("params/recipes").toString());
    }

    @Test
    void views() throws IOException {
        full(
                ViewsStage::new,
                List.of("pixel-scale.csv", "pixel-scale.png", "pixel-scale.svg", "views.png", "metrics.json"),
                "--recipe",
                Repository.ROOT.resolve("params/recipes/test-ours.yml").toString(),
                "--shapes",
                SPLIT.resolve("shapes.csv").toString(),
                "--manifest",
                SPLIT.resolve("labels-1pct.csv").toString(),
                "--images",
                IMAGES.toString(),
                "--pairs",
                "1000");
    }

    @Test
    void pack() throws IOException {
        full(
                PackStage::new,
                List.of("index.bin", "names.bin", "pack.json"),
                "--images",
                IMAGES.toString(),
                "--manifest",
                SPLIT.resolve("labels-1pct.csv").toString());
    }

    @Test
    void report() throws IOException {
        Path inputs = folder.resolve("inputs");
        new Metrics(
                        Metrics.SCHEMA,
                        "probe",
                        "c-s0",
                        Outcome.OK,
                        "",
                        Map.of("heldout.linear.top1", 0.5),
                        Map.of("heldout.images", 12L),
                        Provenance.ofCode("", 0))
                .write(inputs.resolve("metrics.json"));
        full(ReportStage::new, List.of("report.html", "tables/metrics.csv"), "--inputs", inputs.toString());
    }

    @Test
    void pretrain() throws IOException {
        full(PretrainStage::new, List.of("checkpoint.safetensors", "curve.csv"), training());
    }

    /** A state that cannot be written is told of; the run goes on and its results are whole. */
    @Test
    void aStateOfARun() throws IOException {
        Path states = Files.createDirectories(folder.resolve("states"));
        Path aside = Files.createSymbolicLink(states.resolve("state-000000000001.safetensors.tmp"), FULL);
        List<String> arguments = new ArrayList<>(Arrays.asList(training()));
        arguments.addAll(List.of("--checkpoint-dir", states.toString(), "--checkpoint-minutes", "0"));
        Path out = folder.resolve("out");
        assertEquals(0, run(PretrainStage::new, out, arguments.toArray(String[]::new)), err::toString);
        assertTrue(
                err.toString()
                        .contains("pretrain: state not written, the one before stays: "
                                + states.resolve("state-000000000001.safetensors") + ": No space left on device"),
                err::toString);
        assertFalse(Files.exists(aside, java.nio.file.LinkOption.NOFOLLOW_LINKS));
        assertTrue(Files.exists(out.resolve("checkpoint.safetensors")));
    }

    /** In the middle of a file: the limit is reached after some KiB. */
    @ParameterizedTest
    @ValueSource(strings = {"split", "pack"})
    void inTheMiddleOfAFile(String stage) throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "the system has no bash to set a limit");
        Path out = folder.resolve("out");
        List<String> command = new ArrayList<>(List.of("/bin/bash", "-c", "ulimit -f 16 && exec \"$@\"", "limited"));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-Xmx256m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                stage.equals("split") ? SplitStage.class.getName() : PackStage.class.getName()));
        command.addAll(List.of("--images", IMAGES.toString(), "--out", out.toString()));
        if (stage.equals("pack")) {
            command.addAll(List.of("--manifest", SPLIT.resolve("train.csv").toString()));
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        // The message of a pack names its folder.
        Path named = stage.equals("split") ? out.resolve("train.csv") : out;
        assertEquals(ExitCode.IO.code(), process.exitValue(), said);
        assertEquals(1, said.lines().count(), said);
        assertTrue(said.startsWith(stage + ": " + named + ": File too large"), said);
        assertFalse(Files.exists(out.resolve("train.csv")), "half a table is there");
        assertFalse(Files.exists(out.resolve("shards/shard-00000.bin")), "half a shard is there");
        assertEquals(List.of(), halves(out));
    }
}
