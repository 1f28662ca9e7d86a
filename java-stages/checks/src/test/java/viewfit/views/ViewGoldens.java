package viewfit.views;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import viewfit.checks.GoldenCheck;
import viewfit.checks.GoldenTheme;
import viewfit.engine.Scope;
import viewfit.engine.Tensor;
import viewfit.engine.TorchRuntime;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.Goldens;

/** Section 8: decoding, image operations, evaluation geometry, normalisation. */
public final class ViewGoldens implements GoldenTheme {
    /** Of a JPEG decoder other than the reference's, as the set suggests. */
    private static final int JPEG_LEVELS = 8;

    private static final double JPEG_MEAN = 0.6;

    /** The sets that are looked for by default are reproduced without one different sample; others within their bounds. */
    private static final boolean EXACT = System.getProperty(Goldens.DIR, "").isBlank();

    private static final Pattern EVALUATION = Pattern.compile("resize(\\d+)_centercrop(\\d+)");

    @Override
    public Map<String, GoldenCheck> checks() {
        return Map.of(
                "image_source", ViewGoldens::source,
                "image_op", ViewGoldens::operation,
                "to_tensor_normalize", ViewGoldens::normalized,
                "centre_crop_offsets", ViewGoldens::centreOffsets,
                "resize_sizes", ViewGoldens::resizedSizes);
    }

    private static void source(GoldenCase golden) {
        Pixels photo = read(golden, "photo");
        assertEquals(golden.get("width").asInt(), photo.width());
        assertEquals(golden.get("height").asInt(), photo.height());
        assertNear(read(golden, "jpeg_decoded"), read(golden, "jpeg"), JPEG_LEVELS, JPEG_MEAN);
    }

    private static void operation(GoldenCase golden) {
        Pixels expected = read(golden, "output");
        assertEquals("RGB", golden.get("mode").asText());
        assertEquals(golden.get("width").asInt(), expected.width());
        assertEquals(golden.get("height").asInt(), expected.height());
        JsonNode sums = golden.get("channel_sums");
        for (int c = 0; c < 3; c++) {
            assertEquals(
                    sums.get(c).asLong(), channelSum(expected, c), "sum of channel " + c + " of the expected picture");
        }
        Pixels actual = run(golden, read(golden, "input"));
        double levels = golden.get("tol_max_abs_level").asDouble();
        double mean = golden.get("tol_mean_abs_level").asDouble();
        assertNear(expected, actual, EXACT ? 0 : levels, EXACT ? 0 : mean);
    }

    private static Pixels run(GoldenCase golden, Pixels input) {
        String op = golden.get("op").asText();
        Matcher evaluation = EVALUATION.matcher(op);
        if (evaluation.matches()) {
            return centre(golden, input, Integer.parseInt(evaluation.group(1)), Integer.parseInt(evaluation.group(2)));
        }
        return switch (op) {
            case "resized_crop" -> resizedCrop(input, golden.get("box_top_left_h_w"), golden.get("size_h_w"));
            case "resize_exact" -> resize(input, Crop.whole(input.width(), input.height()), golden.get("size_h_w"));
            case "pipeline" -> {
                Pixels now = input;
                for (JsonNode step : golden.get("steps")) {
                    String name = step.get(0).asText();
                    now = name.equals("resized_crop")
                            ? resizedCrop(now, step.get(1), step.get(2))
                            : point(now, name, step.path(1));
                }
                yield now;
            }
            case "gaussian_blur" -> point(input, "blur", golden.get("radius"));
            case "solarize" -> {
                assertEquals(128, golden.get("threshold").asInt(), "threshold");
                yield point(input, op, golden.json().path("factor"));
            }
            default -> point(input, op, golden.json().path("factor"));
        };
    }

    private static Pixels centre(GoldenCase golden, Pixels input, int resize, int crop) {
        int width = EvalGeometry.resizedWidth(input.width(), input.height(), resize);
        int height = EvalGeometry.resizedHeight(input.width(), input.height(), resize);
        assertEquals(ints(golden.get("resized_size_w_h")), List.of(width, height));
        assertEquals(
                ints(golden.get("crop_left_top")),
                List.of(EvalGeometry.centreOffset(width, crop), EvalGeometry.centreOffset(height, crop)));
        ByteBuffer out = ByteBuffer.allocate(3 * crop * crop);
        new ViewPainter().paintCentre(input, resize, crop, out, 0);
        Pixels pixels = new Pixels(crop, crop);
        System.arraycopy(out.array(), 0, pixels.data(), 0, pixels.byteCount());
        return pixels;
    }

    private static Pixels resizedCrop(Pixels input, JsonNode topLeftHeightWidth, JsonNode size) {
        List<Integer> box = ints(topLeftHeightWidth);
        return resize(input, new Crop(box.get(1), box.get(0), box.get(3), box.get(2)), size);
    }

    private static Pixels resize(Pixels input, Crop crop, JsonNode heightWidth) {
        Pixels out = new Pixels(heightWidth.get(1).asInt(), heightWidth.get(0).asInt());
        Canvas canvas = new Canvas();
        new Resampler().resize(input, crop, out.width(), out.height(), Filter.BICUBIC, false, canvas);
        canvas.store(out.data());
        return out;
    }

    private static Pixels point(Pixels input, String op, JsonNode value) {
        Pixels out = input.copy();
        int width = out.width();
        int height = out.height();
        Canvas canvas = new Canvas();
        canvas.load(input.data(), width, height);
        switch (op) {
            // A view is mirrored while it is resized; at equal size the resize itself changes nothing.
            case "hflip" ->
                new Resampler().resize(input, Crop.whole(width, height), width, height, Filter.BICUBIC, true, canvas);
            case "brightness" -> jitter(canvas, number(value), 1, 1, 0, false);
            case "contrast" -> jitter(canvas, 1, number(value), 1, 0, false);
            case "saturation" -> jitter(canvas, 1, 1, number(value), 0, false);
            case "hue" -> jitter(canvas, 1, 1, 1, number(value), true);
            case "grayscale" -> new Photometrics().apply(canvas, null, true);
            case "solarize" -> Photometrics.solarize(canvas);
            case "blur", "gaussian_blur" -> new BoxBlur().blur(canvas, number(value));
            default -> throw new AssertionError("no image operation " + op);
        }
        canvas.store(out.data());
        return out;
    }

    /** A jitter of which one factor is at work. */
    private static void jitter(
            Canvas canvas, float brightness, float contrast, float saturation, float hue, boolean withHue) {
        int order = Jitter.BRIGHTNESS | (Jitter.CONTRAST << 2) | (Jitter.SATURATION << 4) | (Jitter.HUE << 6);
        Jitter jitter = new Jitter(order, brightness, contrast, saturation, hue, withHue);
        new Photometrics().apply(canvas, jitter, false);
    }

    private static float number(JsonNode value) {
        return (float) GoldenCase.number(value);
    }

    /** The engine normalises: bytes channel last in, (v/255 - mean)/std channel first out. */
    private static void normalized(GoldenCase golden) {
        Pixels picture = read(golden, "input");
        try (TorchRuntime runtime = TorchRuntime.open(Goldens.device(), 1);
                Scope scope = runtime.scope()) {
            ByteBuffer bytes = ByteBuffer.allocateDirect(picture.byteCount());
            bytes.put(0, picture.data(), 0, picture.byteCount());
            Tensor pixels = runtime.pixels(scope, bytes, 1, picture.height(), picture.width());
            Tensor mean = channels(runtime, scope, golden.get("mean"));
            Tensor std = channels(runtime, scope, golden.get("std"));
            golden.expected("out").assertClose(runtime.floats(runtime.images(scope, pixels, mean, std)));
        }
    }

    private static Tensor channels(TorchRuntime runtime, Scope scope, JsonNode values) {
        return runtime.tensor(
                scope, new float[] {number(values.get(0)), number(values.get(1)), number(values.get(2))}, 1, 3, 1, 1);
    }

    private static void centreOffsets(GoldenCase golden) {
        for (JsonNode row : golden.get("rows")) {
            int size = cell(golden, row, "size");
            assertEquals(
                    cell(golden, row, "offset"),
                    EvalGeometry.centreOffset(size, cell(golden, row, "crop")),
                    row::toString);
        }
    }

    /** The short side of a row's result is what was asked for; the long side has to follow. */
    private static void resizedSizes(GoldenCase golden) {
        for (JsonNode row : golden.get("rows")) {
            int width = cell(golden, row, "width");
            int height = cell(golden, row, "height");
            int outWidth = cell(golden, row, "out_width");
            int outHeight = cell(golden, row, "out_height");
            int target = Math.min(outWidth, outHeight);
            assertEquals(outWidth, EvalGeometry.resizedWidth(width, height, target), row::toString);
            assertEquals(outHeight, EvalGeometry.resizedHeight(width, height, target), row::toString);
        }
    }

    private static int cell(GoldenCase golden, JsonNode row, String column) {
        return row.get(GoldenCase.strings(golden.get("columns")).indexOf(column))
                .asInt();
    }

    private static List<Integer> ints(JsonNode node) {
        return new ArrayList<>(
                Arrays.stream(GoldenCase.longs(node)).mapToObj(Math::toIntExact).toList());
    }

    private static Pixels read(GoldenCase golden, String member) {
        Pixels pixels = new Pixels();
        try (ImageDecoder decoder = new ImageDecoder()) {
            Path file = golden.file(golden.get(member).asText());
            decoder.decode(Files.readAllBytes(file), file.toString(), pixels);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return pixels;
    }

    private static void assertNear(Pixels expected, Pixels actual, double levels, double mean) {
        assertEquals(expected.width(), actual.width(), "width");
        assertEquals(expected.height(), actual.height(), "height");
        long sum = 0;
        int most = 0;
        int count = 0;
        for (int i = 0; i < expected.byteCount(); i++) {
            int difference = Math.abs((expected.data()[i] & 255) - (actual.data()[i] & 255));
            sum += difference;
            most = Math.max(most, difference);
            count += difference == 0 ? 0 : 1;
        }
        double average = (double) sum / expected.byteCount();
        if (most > levels || average > mean) {
            throw new AssertionError(count + " of " + expected.byteCount() + " samples differ, by " + most
                    + " at most and " + average + " on average: allowed " + levels + " and " + mean);
        }
    }

    private static long channelSum(Pixels pixels, int channel) {
        long sum = 0;
        for (int i = channel; i < pixels.byteCount(); i += 3) {
            sum += pixels.data()[i] & 255;
        }
        return sum;
    }
}
