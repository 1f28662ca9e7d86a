package viewfit.formats;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;

/**
 * What Detectron2 needs to fine-tune a backbone on COCO: the weights under its names as a pickled model file (read by
 * detectron2/checkpoint/detection_checkpoint.py), a configuration that states everything in which the network differs from
 * Detectron2's defaults, a page of instructions, and for MobileNetV2, which Detectron2 lacks, the network itself. The settings are
 * those of the repository saic-fi/SSLight.
 */
public final class Detectron2Export {
    static final String PICKLE = "backbone.pkl";
    static final String CONFIG = "mask_rcnn_1x.yaml";
    static final String LONG_CONFIG = "mask_rcnn_2x.yaml";
    static final String README = "README.md";
    static final String PLUGIN = "viewfit_mobilenet_v2.py";

    /** Depth and width of the first stage by architecture; the MobileNetV2 has neither. */
    private static final Map<String, List<Integer>> RESNETS =
            Map.of("resnet18", List.of(18, 64), "resnet34", List.of(34, 64), "resnet50", List.of(50, 256));

    private static final String MOBILENET = "mobilenet_v2";
    private static final String AUTHOR = "Viewfit";

    private Detectron2Export() {}

    /** Architectures that Detectron2 files are written for: the convolutional networks. */
    public static List<String> architectures() {
        return List.of(MOBILENET, "resnet18", "resnet34", "resnet50");
    }

    /** Names of the files {@link #write} makes for an architecture. */
    static List<String> files(String arch) {
        List<String> files = new ArrayList<>(List.of(PICKLE, CONFIG, LONG_CONFIG, README));
        if (arch.equals(MOBILENET)) {
            files.add(PLUGIN);
        }
        return files;
    }

    /** Writes all files. */
    static void write(Path folder, BackboneExport export) {
        Map<String, Tensor> model = model(export.arch(), export.tensors());
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("model", model);
        content.put("__author__", AUTHOR);
        content.put("matching_heuristics", true);
        AtomicFiles.write(folder.resolve(PICKLE), out -> new PickleWriter(out).write(content));
        Map<String, String> values = values(export, model.size());
        boolean mobilenet = export.arch().equals(MOBILENET);
        String template = mobilenet ? "mask_rcnn_mobilenet_v2.yaml" : "mask_rcnn_resnet.yaml";
        text(folder, CONFIG, template, with(values, "1x", "(60000, 80000)", "90000"));
        text(folder, LONG_CONFIG, template, with(values, "2x", "(120000, 160000)", "180000"));
        text(folder, README, README, values);
        if (mobilenet) {
            text(folder, PLUGIN, PLUGIN, Map.of());
        }
    }

    private static Map<String, String> with(
            Map<String, String> values, String schedule, String steps, String iterations) {
        Map<String, String> more = new LinkedHashMap<>(values);
        more.put("schedule", schedule);
        more.put("steps", steps);
        more.put("iterations", iterations);
        return more;
    }

    /**
     * Reads the pickle back and compares every tensor with the original.
     *
     * @throws StageFailure BAD_DATA at the first difference
     */
    static void verify(Path folder, String arch, List<Tensor> tensors) {
        Path file = folder.resolve(PICKLE);
        Map<String, Object> content = PickleReader.read(file);
        if (!content.keySet().equals(java.util.Set.of("model", "__author__", "matching_heuristics"))
                || !Boolean.TRUE.equals(content.get("matching_heuristics"))
                || !(content.get("model") instanceof Map<?, ?> found)) {
            throw bad(file, "keys " + content.keySet(), "model, __author__, matching_heuristics");
        }
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        found.forEach((name, value) -> {
            if (!(value instanceof Tensor array)) {
                throw bad(file, Malformed.shown(String.valueOf(name)) + " that is no tensor", "tensors alone");
            }
            arrays.put(String.valueOf(name), array);
        });
        SameTensors.require(file, arrays, renamed(arch, tensors));
    }

    private static List<Tensor> renamed(String arch, List<Tensor> tensors) {
        List<Tensor> renamed = new ArrayList<>();
        model(arch, tensors).forEach((name, tensor) -> renamed.add(tensor.renamed(name)));
        return renamed;
    }

    private static void text(Path folder, String file, String template, Map<String, String> values) {
        ResourceText.write(folder.resolve(file), "detectron2/" + template, values);
    }

    private static StageFailure bad(Path file, String found, String allowed) {
        return new StageFailure(ExitCode.BAD_DATA, file + ": found " + found + ": expected " + allowed);
    }

    /** The tensors by Detectron2 name, in the order given, without those of a classifier. */
    static Map<String, Tensor> model(String arch, List<Tensor> tensors) {
        Map<String, Tensor> model = new LinkedHashMap<>();
        for (Tensor tensor : tensors) {
            Detectron2Names.of(arch, tensor.name()).ifPresent(name -> model.put(name, tensor));
        }
        return model;
    }

    private static Map<String, String> values(BackboneExport export, int tensorCount) {
        boolean mobilenet = export.arch().equals(MOBILENET);
        List<Integer> resnet = RESNETS.getOrDefault(export.arch(), List.of(0, 0));
        return Map.ofEntries(
                Map.entry("arch", export.arch()),
                Map.entry("tensorCount", Integer.toString(tensorCount)),
                Map.entry("pixelMean", pixels(export.mean())),
                Map.entry("pixelStd", pixels(export.std())),
                Map.entry("norm", export.norm().detectron2()),
                Map.entry("depth", resnet.get(0).toString()),
                Map.entry("res2Channels", resnet.get(1).toString()),
                Map.entry("missing", "FPN, RPN and ROI-head tensors"),
                Map.entry(
                        "resnetNote",
                        mobilenet ? "" : ", and for ResNet-50 the stride in the 3x3 convolution (`STRIDE_IN_1X1`)"),
                Map.entry(
                        "command",
                        (mobilenet ? "python " + PLUGIN : "python /path/to/detectron2/tools/train_net.py")
                                + " --config-file " + CONFIG + " --num-gpus 8"),
                Map.entry("origin", ResourceText.list(export.origin())));
    }

    /** Values for inputs in [0, 1] as a YAML list for inputs in [0, 255], without binary rounding: 0.485 gives 123.675. */
    static String pixels(List<Double> values) {
        return values.stream()
                .map(v -> BigDecimal.valueOf(v)
                        .multiply(BigDecimal.valueOf(255))
                        .stripTrailingZeros()
                        .toPlainString())
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
