package viewfit.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import viewfit.core.data.Manifest;
import viewfit.stages.cocoeval.CocoEvalStage;
import viewfit.stages.cocoexport.CocoExportStage;
import viewfit.stages.finetune.FinetuneStage;
import viewfit.stages.pretrain.PretrainStage;
import viewfit.stages.probe.ProbeStage;

/** Stages that find the disk full: those that score and export a network. */
class FullDiskResultsTest extends FullDisk {
    private static final String RECIPES = "params/recipes/";

    private Path checkpoint = Path.of("");

    @BeforeEach
    void aNetwork() throws IOException {
        Path out = folder.resolve("pretrain");
        assertEquals(0, run(PretrainStage::new, out, training()), err::toString);
        checkpoint = out.resolve("checkpoint.safetensors");
    }

    /** So many images of each class that a stage takes little time. */
    private Path manifest(String name) throws IOException {
        Manifest all = Manifest.read(SPLIT.resolve(name + ".csv"));
        Path file = folder.resolve(name + ".csv");
        new Manifest(
                        all.rows().stream()
                                .filter(row -> row.label() < 3)
                                .limit(24)
                                .toList(),
                        all.header())
                .write(file);
        return file;
    }

    private String[] scored(String recipe, String... more) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "--checkpoint",
                checkpoint.toString(),
                "--recipe",
                Repository.ROOT.resolve(RECIPES + recipe).toString(),
                "--train",
                manifest("train").toString(),
                "--eval",
                manifest("heldout").toString(),
                "--classes",
                SPLIT.resolve("classes.csv").toString(),
                "--images",
                IMAGES.toString(),
                "--device",
                "cpu",
                "--threads",
                "1"));
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }

    @Test
    void probe() throws IOException {
        full(
                ProbeStage::new,
                List.of("metrics.json", "probe.safetensors", "predictions.csv", "retrieval.png"),
                scored("test-probe.yml"));
    }

    @Test
    void finetune() throws IOException {
        full(
                FinetuneStage::new,
                List.of("metrics.json", "finetune-curve.csv", "predictions.csv"),
                scored("test-finetune-1pct.yml", "--fraction", "1pct"));
    }

    @Test
    void export() throws IOException {
        full(
                CocoExportStage::new,
                List.of(
                        "export/model.safetensors",
                        "export/model.pth",
                        "export/onnx/backbone.onnx",
                        "export/timm/config.json",
                        "export/detectron2/backbone.pkl",
                        "export/manifest.json"),
                "--checkpoint",
                checkpoint.toString());
    }

    @Test
    void cocoScores() throws IOException {
        Path annotations = folder.resolve("annotations.json");
        Files.writeString(
                annotations,
                """
                {"images": [{"id": 1, "width": 100, "height": 80}], "categories": [{"id": 1, "name": "a"}],
                 "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 10, 30, 20], "area": 600, "iscrowd": 0}]}
                """);
        Path results = folder.resolve("results.json");
        Files.writeString(
                results, "[{\"image_id\": 1, \"category_id\": 1, \"bbox\": [10, 10, 30, 20], \"score\": 0.9}]");
        full(
                CocoEvalStage::new,
                List.of("coco-eval.json", "coco-classes.csv", "coco-curves.csv", "coco-curves.png", "coco-curves.svg"),
                "--annotations",
                annotations.toString(),
                "--results",
                results.toString(),
                "--type",
                "bbox");
    }
}
