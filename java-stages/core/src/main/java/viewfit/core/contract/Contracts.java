package viewfit.core.contract;

import static viewfit.core.contract.ExitCode.BAD_DATA;
import static viewfit.core.contract.ExitCode.BAD_RECIPE;
import static viewfit.core.contract.ExitCode.BUG;
import static viewfit.core.contract.ExitCode.DIVERGED;
import static viewfit.core.contract.ExitCode.HEAP;
import static viewfit.core.contract.ExitCode.IO;
import static viewfit.core.contract.ExitCode.NO_INPUT;
import static viewfit.core.contract.ExitCode.OK;
import static viewfit.core.contract.ExitCode.TRANSIENT;
import static viewfit.core.contract.ExitCode.USAGE;

import java.util.List;

/** The contracts of all stages; the Nextflow modules and the command lines are tested against them. */
public final class Contracts {
    private static final List<ExitCode> READS_DATA = List.of(OK, HEAP, USAGE, BAD_DATA, NO_INPUT, BUG, IO);
    private static final List<ExitCode> READS_RECIPE =
            List.of(OK, HEAP, USAGE, BAD_DATA, NO_INPUT, BUG, IO, BAD_RECIPE);
    private static final List<ExitCode> COMPUTES =
            List.of(OK, HEAP, USAGE, BAD_DATA, NO_INPUT, BUG, IO, TRANSIENT, BAD_RECIPE);
    private static final List<ExitCode> TRAINS =
            List.of(OK, HEAP, USAGE, BAD_DATA, NO_INPUT, BUG, IO, TRANSIENT, DIVERGED, BAD_RECIPE);

    private static final Port IMAGES = new Port("images", "images/", "images", "what split was given, or a pack of it");
    private static final Port CLASSES_IN =
            new Port("classes", "classes.csv", "classes/1", "class index to folder name, from split");
    private static final Port CHECKPOINT_IN =
            new Port("checkpoint", "checkpoint.safetensors", "checkpoint/1", "networks written by pretrain");
    private static final Port METRICS =
            new Port("metrics", "metrics.json", "metrics/1", "scores, counts, outcome and provenance");

    public static final StageContract SPLIT = new StageContract(
            "split",
            "Divide an image folder into train, held-out and test manifests and label subsets.",
            List.of(
                    new Port("images", "images/", "images", "images: class folders, flat, tar shards, HDF5, list"),
                    new Port("labels-1pct", "labels-1pct.txt", "names/1", "given 1 % list of file names", false),
                    new Port("labels-10pct", "labels-10pct.txt", "names/1", "given 10 % list of file names", false)),
            List.of(
                    new Port("train", "train.csv", "manifest/1", "images to train on"),
                    new Port("heldout", "heldout.csv", "manifest/1", "validation images taken from train"),
                    new Port("test", "test.csv", "manifest/1", "the official val folder, used once at the end"),
                    new Port("labels_1pct", "labels-1pct.csv", "manifest/1", "class-balanced 1 % of train"),
                    new Port("labels_10pct", "labels-10pct.csv", "manifest/1", "class-balanced 10 % of train"),
                    new Port("classes", "classes.csv", "classes/1", "class index to folder name"),
                    new Port("shapes", "shapes.csv", "shapes/1", "how often each picture size occurs in train"),
                    new Port("quarantine", "quarantine.csv", "quarantine/1", "damaged images that were left out"),
                    new Port("split", "split.json", "split/1", "counts per split and class, the rule used")),
            READS_DATA);

    public static final StageContract PACK = new StageContract(
            "pack",
            "Pack the images of manifests into a few large files with checksums, for faster training; or check them.",
            List.of(
                    new Port("images", "images/", "images", "what split was given; needed unless --check", false),
                    new Port("manifest", "train.csv", "manifest/1", "images to pack; needed unless --check", false)),
            List.of(
                    new Port("pack", "pack.json", "pack/1", "what is packed, and all checksums; written last"),
                    new Port("index", "index.bin", "pack-index/1", "where each image is, by manifest path"),
                    new Port("names", "names.bin", "pack-names/1", "the manifest paths"),
                    new Port("shards", "shards/", "shards", "the images, shard-NNNNN.bin")),
            READS_DATA);

    public static final StageContract GRID = new StageContract(
            "grid",
            "Expand recipes, axes and seeds into one complete recipe per cell, or say what they will cost.",
            List.of(
                    new Port("grid", "grid.yml", "grid/2", "recipes, axes, conditions, seeds, figures and tables"),
                    new Port("recipes", "recipes/", "recipes", "folder, or folders, the recipe names refer to"),
                    new Port("shapes", "shapes.csv", "shapes/1", "picture sizes that `size: auto` is for", false)),
            List.of(
                    new Port("cells", "cells/", "cells", "one complete recipe per cell, named by the cell"),
                    new Port("views", "views/", "cells", "of these, one for each different set of views"),
                    new Port("table", "cells.csv", "cells/1", "cell, recipe, values on the axes, seed, checksum"),
                    new Port("shows", "shows.json", "shows/1", "figures and tables of the sweep, and their cells")),
            READS_RECIPE);

    public static final StageContract VIEWS = new StageContract(
            "views",
            "Measure the pixel scales of a recipe's views on a data set, and draw what they look like.",
            List.of(
                    new Port("recipe", "recipe.yml", "pretrain/1", "complete recipe of a cell"),
                    new Port("shapes", "shapes.csv", "shapes/1", "how often each picture size occurs, from split"),
                    new Port("manifest", "train.csv", "manifest/1", "images to show"),
                    IMAGES),
            List.of(
                    new Port("table", "pixel-scale.csv", "pixel-scale/1", "ratio and best local size by estimator"),
                    new Port("bins", "pixel-scale-bins.csv", "pixel-scale-bins/1", "how the pairs are distributed"),
                    new Port("figure", "pixel-scale.png", "png", "both of them drawn"),
                    new Port("figure_svg", "pixel-scale.svg", "svg", "the same as SVG"),
                    new Port("views", "views.png", "png", "contact sheet of views as training samples them"),
                    new Port("views_table", "views.csv", "views/1", "crop boxes and pixel scales of those views"),
                    METRICS),
            READS_RECIPE);

    public static final StageContract PRETRAIN = new StageContract(
            "pretrain",
            "Train a backbone by DINO, SwAV, MoCo or with labels on the views of a recipe.",
            List.of(
                    new Port("recipe", "recipe.yml", "pretrain/1", "complete recipe of this cell"),
                    new Port("manifest", "train.csv", "manifest/1", "images to train on"),
                    new Port("monitor", "heldout.csv", "manifest/1", "labelled images for the k-NN monitor", false),
                    new Port("weights", "weights.safetensors", "weights", "backbone weights to start from", false),
                    IMAGES),
            List.of(
                    new Port(
                            "checkpoint",
                            "checkpoint.safetensors",
                            "checkpoint/1",
                            "networks, optimiser, method state"),
                    new Port("checkpoints", "checkpoints/", "checkpoints", "checkpoint every n epochs"),
                    new Port("state", "state/", "state", "what a paused run goes on from, if it was to pause", false),
                    new Port("curve", "curve.csv", "curve/2", "loss, schedules and health by step"),
                    new Port("monitor", "monitor.csv", "monitor/2", "k-NN and feature health by epoch"),
                    new Port("views", "views.png", "png", "contact sheet of the views actually sampled"),
                    new Port("views_table", "views.csv", "views/1", "crop boxes and pixel scales of those views"),
                    new Port(
                            "divergence",
                            "diverged.json",
                            "divergence/1",
                            "batch, step and last numbers of a run that diverged",
                            false),
                    new Port(
                            "quarantine",
                            "quarantine.csv",
                            "quarantine/1",
                            "damaged images that others stood in for, if there were any",
                            false),
                    new Port("profile", "profile.csv", "profile/1", "where the time of steps went, if asked", false),
                    new Port("trace", "profile.json", "profile-trace/1", "the same as a time line, if asked", false),
                    new Port(
                            "tensorboard",
                            "tensorboard/",
                            "tensorboard",
                            "curve, monitor and contact sheet for TensorBoard, if asked",
                            false),
                    METRICS),
            TRAINS);

    public static final StageContract PROBE = new StageContract(
            "probe",
            "Score a frozen backbone by linear classifiers and weighted k-NN, beside the untrained floor.",
            List.of(
                    new Port(
                            "checkpoint",
                            "checkpoint.safetensors",
                            "checkpoint/1",
                            "networks written by pretrain; or --weights",
                            false),
                    new Port("recipe", "probe.yml", "probe/1", "probe recipe"),
                    new Port("train", "train.csv", "manifest/1", "labelled images to fit on"),
                    new Port("eval", "heldout.csv", "manifest/1", "labelled images to score on"),
                    CLASSES_IN,
                    IMAGES),
            List.of(
                    METRICS,
                    new Port("curve", "probe-curve.csv", "probe-curve/1", "linear probe by epoch", false),
                    new Port("predictions", "predictions.csv", "predictions/1", "what the linear probe says", false),
                    new Port("classifier", "probe.safetensors", "probe-weights/1", "weights of the classifier", false),
                    new Port("fast", "probe-fast.csv", "probe-fast/1", "fast probe by learning rate", false),
                    new Port(
                            "predictions_fast",
                            "predictions-fast.csv",
                            "predictions/1",
                            "what the fast probe says",
                            false),
                    new Port(
                            "predictions_knn",
                            "predictions-knn.csv",
                            "predictions/1",
                            "what the neighbours vote for",
                            false),
                    new Port("map", "feature-map.png", "png", "held-out images by their features, drawn", false),
                    new Port("map_svg", "feature-map.svg", "svg", "the same as SVG", false),
                    new Port("map_table", "feature-map.csv", "feature-map/1", "where each of them lies", false),
                    new Port("retrieval", "retrieval.png", "png", "a few images and their nearest, drawn", false),
                    new Port("retrieval_table", "retrieval.csv", "retrieval/1", "which these are", false)),
            TRAINS);

    public static final StageContract FINETUNE = new StageContract(
            "finetune",
            "Fine-tune the whole network on a small labelled subset.",
            List.of(
                    CHECKPOINT_IN,
                    new Port("recipe", "finetune.yml", "finetune/1", "fine-tuning recipe"),
                    new Port("train", "labels-1pct.csv", "manifest/1", "labelled subset to train on"),
                    new Port("eval", "heldout.csv", "manifest/1", "labelled images to score on"),
                    CLASSES_IN,
                    IMAGES),
            List.of(
                    METRICS,
                    new Port("curve", "finetune-curve.csv", "finetune-curve/1", "loss and accuracy by epoch"),
                    new Port(
                            "predictions",
                            "predictions.csv",
                            "predictions/1",
                            "what the fine-tuned network says of each held-out image",
                            false)),
            TRAINS);

    public static final StageContract COCO_EXPORT = new StageContract(
            "coco-export",
            "Write the backbone in the formats other libraries load; or check such files.",
            List.of(new Port(
                    "checkpoint",
                    "checkpoint.safetensors",
                    "checkpoint/1",
                    "networks written by pretrain; needed unless --weights or --verify",
                    false)),
            List.of(new Port(
                    "export",
                    "export/",
                    "export/2",
                    "safetensors, torch file, ONNX, timm folder; of conv nets Detectron2 pickle and YAML")),
            COMPUTES);

    public static final StageContract COCO_EVAL = new StageContract(
            "coco-eval",
            "Score the results of a detector by the COCO metric for boxes or masks, exactly as pycocotools.",
            List.of(
                    new Port(
                            "annotations",
                            "annotations.json",
                            "coco",
                            "images, categories and true objects, as COCO has them"),
                    new Port("results", "results.json", "coco-results", "what the detector found, as COCO wants it")),
            List.of(
                    new Port("scores", "coco-eval.json", "coco-eval/1", "the twelve numbers, of each class too"),
                    new Port("classes", "coco-classes.csv", "coco-classes/1", "the twelve numbers of each class"),
                    new Port("curves", "coco-curves.csv", "coco-curves/1", "precision over recall of each class"),
                    new Port("figure", "coco-curves.png", "png", "mean curves over the classes"),
                    new Port("figure_svg", "coco-curves.svg", "svg", "the same as SVG")),
            READS_DATA);

    public static final StageContract HALVE = new StageContract(
            "halve",
            "Decide which cells of a sweep go on after some epochs: a rung of successive halving.",
            List.of(
                    new Port("grid", "grid/", "grid", "the sweep: cells.csv of stage grid"),
                    new Port("runs", "runs/", "runs", "results of pretrain that paused, a folder for each cell")),
            List.of(
                    new Port("decision", "halving.csv", "halving/2", "score, rank and decision, a line for each group"),
                    new Port(
                            "ended",
                            "ended/",
                            "runs",
                            "results of the cells that end here, without their states",
                            false)),
            READS_DATA);

    public static final StageContract SELECT = new StageContract(
            "select",
            "Rank the recipes of each method and backbone by a held-out score over seeds, and say which networks may be tested.",
            List.of(
                    new Port("grid", "grid/", "grid", "the sweep: cells.csv and cells/ of stage grid"),
                    new Port("probes", "probe/", "probes", "folders of stage probe, or of several of them")),
            List.of(
                    new Port("selection", "selection.json", "selection/2", "what was chosen, by what, and all gaps"),
                    new Port(
                            "ranks",
                            "selection.csv",
                            "selection-ranks/2",
                            "one line per recipe, best first of its kind")),
            READS_RECIPE);

    public static final StageContract TEST = new StageContract(
            "test",
            "Score a selected network on the test split, once: its trained classifier and weighted k-NN.",
            List.of(
                    new Port("selection", "selection.json", "selection/2", "from select: names what may be tested"),
                    CHECKPOINT_IN,
                    new Port(
                            "classifier",
                            "probe.safetensors",
                            "probe-weights/1",
                            "its classifier from probe, if it has one",
                            false),
                    new Port("recipe", "probe.yml", "probe/1", "the probe recipe that was selected by"),
                    new Port("train", "train.csv", "manifest/1", "labelled images, for k-NN"),
                    new Port("test", "test.csv", "manifest/1", "the test split"),
                    CLASSES_IN,
                    IMAGES),
            List.of(
                    new Port("metrics", "test-metrics.json", "test-metrics/1", "scores, and the selection they are of"),
                    new Port(
                            "predictions",
                            "predictions-test.csv",
                            "predictions/1",
                            "what the classifier says of each test image",
                            false)),
            COMPUTES);

    public static final StageContract REPORT = new StageContract(
            "report",
            "Draw one self-contained HTML page with its figures and tables.",
            List.of(
                    new Port("cells", "cells.csv", "cells/1", "the cells of the sweep", false),
                    new Port("inputs", "inputs/", "inputs", "folder with the results of the other stages")),
            List.of(
                    new Port("report", "report.html", "html", "the page"),
                    new Port("figures", "figures/", "figures", "the figures as PNG and SVG"),
                    new Port("tables", "tables/", "tables", "the numbers behind every figure as CSV")),
            READS_DATA);

    private Contracts() {}

    /** Every stage in pipeline order. */
    public static List<StageContract> all() {
        return List.of(
                SPLIT,
                PACK,
                GRID,
                VIEWS,
                PRETRAIN,
                HALVE,
                PROBE,
                SELECT,
                TEST,
                FINETUNE,
                COCO_EXPORT,
                COCO_EVAL,
                REPORT);
    }
}
