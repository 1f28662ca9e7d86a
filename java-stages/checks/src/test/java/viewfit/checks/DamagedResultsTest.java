package viewfit.checks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import viewfit.core.data.Quarantine;
import viewfit.core.metrics.Metrics;
import viewfit.core.metrics.MonitorRow;
import viewfit.core.metrics.Outcome;
import viewfit.core.metrics.Provenance;
import viewfit.core.table.CsvTable;
import viewfit.report.page.ReportWriter;
import viewfit.report.results.ResultReader;

/** A report of which one input is damaged. */
class DamagedResultsTest {
    @TempDir
    private Path folder;

    private Path inputs;

    @BeforeEach
    void sweep() throws IOException {
        inputs = folder.resolve("inputs");
        Map<String, String> header = Map.of("provenance", "{\"cell\": \"c-s0\"}");
        for (String stage : new String[] {"pretrain", "probe"}) {
            new Metrics(
                            Metrics.SCHEMA,
                            stage,
                            "c-s0",
                            Outcome.OK,
                            "",
                            Map.of("heldout.linear.top1", 0.5, "untrained.heldout.linear.top1", 0.25, "loss", 1.5),
                            Map.of("heldout.images", 12L, "images", 40L),
                            Provenance.ofCode("", 0))
                    .write(inputs.resolve(stage + "/metrics.json"));
        }
        MonitorRow row = new MonitorRow(1, 72, 0.25, 0.5, 0.02, 0.1, 120, Double.NaN);
        CsvTable.of(MonitorRow.class, MonitorRow.SCHEMA)
                .write(inputs.resolve("pretrain/monitor.csv"), header, List.of(row, row));
        text("pretrain/curve.csv", "# schema: curve/2\n# provenance: {\"cell\": \"c-s0\"}\nstep,loss\n0,2.5\n1,2.25\n");
        new Quarantine(List.of(new Quarantine.Row("a/1.jpg", "corrupt", "a JPEG", 12, "0".repeat(64))))
                .write(inputs.resolve("quarantine.csv"), Map.of());
        Path split = Repository.ROOT.resolve("test-data/snapshot/split/split.json");
        Files.copy(split, inputs.resolve("split.json"));
        text(
                "cells.csv",
                "# schema: cells/1\n# provenance: {}\ncell,group,recipe,axes,seed,sha256\nc-s0,c,c.yml,,0,"
                        + "0".repeat(64) + "\n");
        text(
                "failed.csv",
                "# schema: failed/1\n# provenance: {}\nstage,cell,part,exit,reason\nfinetune,c-s0,,137,\"killed, \"\"no\"\"\"\n");
        text("diverged.json", "{\"schema\":\"divergence/1\",\"cell\":\"c-s0\",\"epoch\":0,\"step\":41}\n");
        text("c-s0.yml", Repository.text("params/recipes/test-ours.yml"));
    }

    private void text(String name, String text) throws IOException {
        Files.writeString(inputs.resolve(name), text, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "probe/metrics.json",
                "pretrain/monitor.csv",
                "pretrain/curve.csv",
                "quarantine.csv",
                "split.json",
                "cells.csv",
                "failed.csv",
                "diverged.json",
                "c-s0.yml"
            })
    void inputs(String damaged) {
        Path original = inputs.resolve(damaged);
        // Of two tables that disagree the other one may be named.
        Fuzz.of(folder, original)
                .marks("\n")
                .list()
                .named(".*/inputs/.*")
                .every(3)
                .run(file -> {
                    replace(original, file);
                    return ResultReader.read(null, List.of(inputs)).cells().size();
                });
    }

    /** Numbers of a table are read when they are drawn. */
    @ParameterizedTest
    @ValueSource(strings = {"pretrain/monitor.csv", "pretrain/curve.csv", "cells.csv"})
    void pages(String damaged) {
        Path original = inputs.resolve(damaged);
        Fuzz.of(folder, original).marks("\n").every(24).run(file -> {
            replace(original, file);
            Path out = Objects.requireNonNull(file.getParent()).resolve("report");
            ReportWriter.write(ResultReader.read(null, List.of(inputs)), "Report", out);
            return "read";
        });
    }

    private static void replace(Path original, Path damaged) throws IOException {
        Files.deleteIfExists(original);
        Files.copy(damaged, original);
    }
}
