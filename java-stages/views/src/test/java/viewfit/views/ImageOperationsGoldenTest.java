package viewfit.views;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.Goldens;

/** Every picture of golden section 8, without a single different sample. */
class ImageOperationsGoldenTest {
    @TestFactory
    Stream<DynamicTest> everyPictureIsReproducedExactly() {
        return Goldens.ssl().cases("image_op").stream().map(c -> DynamicTest.dynamicTest(c.id(), () -> check(c)));
    }

    private static void check(GoldenCase golden) {
        Pixels expected = GoldenImages.read(golden.get("output").asText());
        Pixels actual = run(golden, GoldenImages.read(golden.get("input").asText()));
        assertEquals(0, GoldenImages.differences(expected, actual), "different samples");
        JsonNode sums = golden.get("channel_sums");
        for (int c = 0; c < 3; c++) {
            assertEquals(sums.get(c).asLong(), channelSum(actual, c), "sum of channel " + c);
        }
    }

    private static Pixels run(GoldenCase golden, Pixels input) {
        String op = golden.get("op").asText();
        return switch (op) {
            case "resized_crop" -> resizedCrop(input, golden.get("box_top_left_h_w"), golden.get("size_h_w"));
            case "resize_exact" -> {
                JsonNode size = golden.get("size_h_w");
                yield resize(input, Crop.whole(input.width(), input.height()), size, false);
            }
            case "resize256_centercrop224" -> {
                ByteBuffer out = ByteBuffer.allocate(3 * 224 * 224);
                new ViewPainter().paintCentre(input, 256, 224, out, 0);
                yield GoldenImages.of(224, 224, out.array());
            }
            case "pipeline" -> {
                Pixels now = input;
                for (JsonNode step : golden.get("steps")) {
                    now = step.get(0).asText().equals("resized_crop")
                            ? resizedCrop(now, step.get(1), step.get(2))
                            : point(now, step.get(0).asText(), (float)
                                    step.path(1).asDouble());
                }
                yield now;
            }
            case "gaussian_blur" ->
                point(input, "blur", (float) golden.get("radius").asDouble());
            default -> point(input, op, (float) golden.json().path("factor").asDouble());
        };
    }

    private static Pixels resizedCrop(Pixels input, JsonNode box, JsonNode size) {
        Crop crop = new Crop(
                box.get(1).asInt(),
                box.get(0).asInt(),
                box.get(3).asInt(),
                box.get(2).asInt());
        return resize(input, crop, size, false);
    }

    private static Pixels resize(Pixels input, Crop crop, JsonNode heightWidth, boolean mirror) {
        Pixels out = new Pixels(heightWidth.get(1).asInt(), heightWidth.get(0).asInt());
        new Resampler().resize(input, crop, out.width(), out.height(), mirror, out.data());
        return out;
    }

    private static Pixels point(Pixels input, String op, float value) {
        Pixels out = input.copy();
        int pixels = out.width() * out.height();
        switch (op) {
            // A view is mirrored while it is resized; at equal size the resize itself changes nothing.
            case "hflip" ->
                new Resampler()
                        .resize(
                                input,
                                Crop.whole(input.width(), input.height()),
                                input.width(),
                                input.height(),
                                true,
                                out.data());
            case "brightness" -> new Photometrics().brightness(out.data(), pixels, value);
            case "contrast" -> new Photometrics().contrast(out.data(), pixels, value);
            case "saturation" -> new Photometrics().saturation(out.data(), pixels, value);
            case "hue" -> new HueShift().shift(out.data(), pixels, value);
            case "grayscale" -> Photometrics.grayscale(out.data(), pixels);
            case "solarize" -> Photometrics.solarize(out.data(), pixels);
            case "blur" -> new BoxBlur().blur(out.data(), out.width(), out.height(), value);
            default -> throw new AssertionError("operation " + op);
        }
        return out;
    }

    private static long channelSum(Pixels pixels, int channel) {
        long sum = 0;
        for (int i = channel; i < pixels.byteCount(); i += 3) {
            sum += pixels.data()[i] & 255;
        }
        return sum;
    }
}
