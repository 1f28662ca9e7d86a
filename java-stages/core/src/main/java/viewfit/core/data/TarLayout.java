package viewfit.core.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.data.Listing.Written;
import viewfit.core.files.AtomicFiles;
import viewfit.core.images.ImageFiles;

/**
 * Tar shards as WebDataset writes them: members that share a name up to the first dot of its last part are one sample, such as
 * {@code n01440764_10026.jpg} and {@code n01440764_10026.cls}. The label is the text of {@code .cls}, else the value of
 * {@code label} or {@code cls} in {@code .json}; other members are left alone.
 */
final class TarLayout {
    private static final Set<String> IMAGES = Set.of("jpg", "jpeg", "png", "webp", "bmp", "gif");
    private static final ObjectMapper JSON = new ObjectMapper();

    private TarLayout() {}

    /** Whether the folder has tar shards, directly or in {@code train}. */
    static boolean in(Path root) {
        return !tars(root).isEmpty() || !tars(root.resolve("train")).isEmpty();
    }

    /** Name of the first shard in the folder that says it is for training; empty without one. */
    static String train(Path root) {
        return tars(root).stream()
                .filter(name -> name.startsWith("train"))
                .findFirst()
                .orElse("");
    }

    /**
     * The images of a folder of shards. Training shards are {@code train*.tar}, {@code train/*.tar}, or without either all that
     * are not validation shards, {@code val*.tar} and {@code val/*.tar}.
     */
    static Listing list(ImageFiles files, Workers workers) {
        Path root = files.root();
        List<String> train = new ArrayList<>();
        List<String> val = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (String name : tars(root)) {
            (name.startsWith("train") ? train : name.startsWith("val") ? val : others).add(name);
        }
        tars(root.resolve("train")).forEach(name -> train.add("train/" + name));
        tars(root.resolve("val")).forEach(name -> val.add("val/" + name));
        if (!train.isEmpty() && !others.isEmpty()) {
            throw Listing.bad(
                    root.resolve(others.get(0)).toString(),
                    "a tar beside those of train",
                    "must be named train*.tar or val*.tar");
        }
        return Listing.of(
                root, samples(files, train.isEmpty() ? others : train, workers), samples(files, val, workers));
    }

    /** The images of one shard, and those of the validation shard beside it. */
    static Listing list(ImageFiles files, String shard, Workers workers) {
        Path file = files.root().resolve(shard);
        String val = ImageFolder.valBeside(file);
        List<String> held = val == null ? List.of() : List.of(val);
        return Listing.of(file, samples(files, List.of(shard), workers), samples(files, held, workers));
    }

    private static List<String> tars(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> list = Files.list(folder)) {
            return list.filter(Files::isRegularFile)
                    .map(AtomicFiles::name)
                    .filter(name -> name.toLowerCase(Locale.ROOT).endsWith(".tar") && !name.startsWith("."))
                    .sorted(ByteOrder.TEXT)
                    .toList();
        } catch (IOException e) {
            throw new StageFailure(ExitCode.NO_INPUT, folder + ": " + AtomicFiles.reason(e) + ": must be readable", e);
        }
    }

    private static List<Written> samples(ImageFiles files, List<String> shards, Workers workers) {
        // Shards are read side by side; their order, and so the first problem, stays.
        return workers.map(shards, shard -> samples(files, shard)).stream()
                .flatMap(List::stream)
                .toList();
    }

    /** What a sample is made of, by the names of its members. */
    private static final class Sample {
        @Nullable
        String image;

        @Nullable
        String cls;

        @Nullable
        String json;
    }

    private static List<Written> samples(ImageFiles files, String shard) {
        Map<String, Sample> samples = new TreeMap<>();
        for (String member : files.members(shard)) {
            int name = member.lastIndexOf('/') + 1;
            int dot = member.indexOf('.', name);
            if (dot <= name) {
                continue;
            }
            String extension = member.substring(dot + 1).toLowerCase(Locale.ROOT);
            boolean image = IMAGES.contains(extension);
            if (!image && !extension.equals("cls") && !extension.equals("json")) {
                continue;
            }
            Sample sample = samples.computeIfAbsent(member.substring(0, dot), key -> new Sample());
            if (!image && extension.equals("cls")) {
                sample.cls = member;
            } else if (!image) {
                sample.json = member;
            } else if (sample.image == null) {
                sample.image = member;
            } else {
                throw Listing.bad(
                        files.name(shard + "/" + member),
                        "a second image of one sample",
                        "must be the only one beside " + sample.image);
            }
        }
        List<Written> images = new ArrayList<>();
        for (Sample sample : samples.values()) {
            if (sample.image != null) {
                String path = shard + "/" + sample.image;
                images.add(new Written(path, label(files, shard, sample), files.name(path)));
            }
        }
        return images;
    }

    private static @Nullable String label(ImageFiles files, String shard, Sample sample) {
        if (sample.cls != null) {
            String path = shard + "/" + sample.cls;
            String label = new String(files.read(path), StandardCharsets.UTF_8).strip();
            if (label.isEmpty() || label.indexOf('\n') >= 0) {
                throw Listing.bad(files.name(path), "no label", "must be one class number or name");
            }
            return label;
        }
        if (sample.json == null) {
            return null;
        }
        String path = shard + "/" + sample.json;
        try {
            JsonNode tree = JSON.readTree(new String(files.read(path), StandardCharsets.UTF_8));
            for (String key : List.of("label", "cls")) {
                JsonNode value = tree.path(key);
                if (value.isIntegralNumber()
                        || (value.isTextual() && !value.asText().isBlank())) {
                    return value.asText().strip();
                }
                if (!value.isMissingNode() && !value.isNull()) {
                    throw Listing.bad(files.name(path), key + " " + value, "must be a class number or name");
                }
            }
            return null;
        } catch (JsonProcessingException e) {
            throw new StageFailure(ExitCode.BAD_DATA, files.name(path) + ": found no JSON: must be one object", e);
        }
    }
}
