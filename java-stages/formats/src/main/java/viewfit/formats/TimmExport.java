package viewfit.formats;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.files.AtomicFiles;

/**
 * A folder that {@code timm.create_model("local-dir:FOLDER", pretrained=True)} loads: the weights under timm's names, and a
 * configuration that says which model they are and which preprocessing they expect. timm's own default for its vision
 * transformers is a mean and deviation of 0.5, so the numbers must be said.
 */
final class TimmExport {
    static final String CONFIG = "config.json";
    static final String MODEL = "model.safetensors";

    private static final Map<String, Model> MODELS = Map.of(
            "mobilenet_v2", new Model("mobilenetv2_100", 1280, "conv_stem", "classifier", true),
            "resnet18", new Model("resnet18", 512, "conv1", "fc", true),
            "resnet34", new Model("resnet34", 512, "conv1", "fc", true),
            "resnet50", new Model("resnet50", 2048, "conv1", "fc", true),
            "vit_tiny", new Model("vit_tiny_patch16_224", 192, "patch_embed.proj", "head", false),
            "vit_small", new Model("vit_small_patch16_224", 384, "patch_embed.proj", "head", false));

    private TimmExport() {}

    /**
     * @param name timm's name of the model
     * @param width channels of its feature
     * @param pools whether a map of 7 x 7 is pooled
     */
    private record Model(String name, int width, String firstConvolution, String classifier, boolean pools) {}

    /** Names of the files, in order. */
    static List<String> files() {
        return List.of(CONFIG, MODEL);
    }

    static void write(Path folder, BackboneExport export) {
        AtomicFiles.writeString(
                folder.resolve(CONFIG),
                configuration(export.arch(), ExportManifest.Preprocessing.of(export.mean(), export.std())));
        Safetensors.write(folder.resolve(MODEL), renamed(export.arch(), export.tensors()), Map.of("format", "pt"));
    }

    /**
     * Reads the weights back and compares every tensor.
     *
     * @throws StageFailure BAD_DATA at the first difference
     */
    static void verify(Path folder, String arch, List<Tensor> tensors) {
        Path file = folder.resolve(MODEL);
        SameTensors.require(file, Safetensors.read(file).tensors(), renamed(arch, tensors));
    }

    /**
     * Holds the configuration to a manifest.
     *
     * @throws StageFailure NO_INPUT if it cannot be read; BAD_DATA at the first line that is another
     */
    static void verifyConfiguration(Path folder, ExportManifest manifest) {
        Path file = folder.resolve(CONFIG);
        List<String> found = lines(file);
        List<String> expected =
                configuration(manifest.arch(), manifest.preprocessing()).lines().toList();
        for (int i = 0; i < Math.max(found.size(), expected.size()); i++) {
            String is = i < found.size() ? found.get(i).strip() : "no more";
            String must = i < expected.size() ? expected.get(i).strip() : "no more";
            if (!is.equals(must)) {
                throw Malformed.in(file, "line " + (i + 1), Malformed.shown(is), must + ", of " + ExportManifest.FILE);
            }
        }
    }

    private static List<String> lines(Path file) {
        try {
            // Any bytes are text of this kind: whatever stands there is compared, not refused as no text.
            return Files.readString(file, StandardCharsets.ISO_8859_1).lines().toList();
        } catch (IOException e) {
            throw new StageFailure(ExitCode.NO_INPUT, file + ": cannot be read: it must be there and readable", e);
        }
    }

    private static List<Tensor> renamed(String arch, List<Tensor> tensors) {
        return tensors.stream()
                .map(t -> t.renamed(TimmNames.of(arch, t.name())))
                .toList();
    }

    private static String configuration(String arch, ExportManifest.Preprocessing input) {
        Model model = MODELS.get(arch);
        if (model == null) {
            throw new IllegalArgumentException(arch + ": timm has no such model");
        }
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.setPrettyPrinter(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));
            json.writeStartObject();
            json.writeStringField("architecture", model.name());
            json.writeNumberField("num_classes", 0);
            json.writeNumberField("num_features", model.width());
            json.writeObjectFieldStart("pretrained_cfg");
            json.writeStringField("tag", "viewfit");
            json.writeBooleanField("custom_load", false);
            numbers(json, "input_size", List.of(3, input.crop(), input.crop()));
            json.writeStringField("interpolation", input.interpolation());
            json.writeNumberField("crop_pct", (double) input.crop() / input.resize());
            json.writeStringField("crop_mode", "center");
            numbers(json, "mean", input.mean());
            numbers(json, "std", input.std());
            json.writeNumberField("num_classes", 0);
            if (model.pools()) {
                numbers(json, "pool_size", List.of(7, 7));
            } else {
                json.writeNullField("pool_size");
            }
            json.writeStringField("first_conv", model.firstConvolution());
            json.writeStringField("classifier", model.classifier());
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return text + "\n";
    }

    private static void numbers(JsonGenerator json, String key, List<? extends Number> values) throws IOException {
        json.writeArrayFieldStart(key);
        for (Number value : values) {
            if (value instanceof Integer whole) {
                json.writeNumber(whole);
            } else {
                json.writeNumber(value.doubleValue());
            }
        }
        json.writeEndArray();
    }
}
