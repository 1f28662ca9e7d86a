package viewfit.views;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import viewfit.goldens.GoldenCase;
import viewfit.goldens.Goldens;

class EvalGeometryTest {
    @Test
    void centreOffsetsOfTheReference() {
        for (var row : Goldens.ssl().byId("image/centre_crop_offsets").get("rows")) {
            assertEquals(
                    row.get(2).asInt(),
                    EvalGeometry.centreOffset(row.get(0).asInt(), row.get(1).asInt()),
                    row.toString());
        }
    }

    @Test
    void resizedSizesOfTheReference() {
        for (var row : Goldens.ssl().byId("image/resize256_sizes").get("rows")) {
            int width = row.get(0).asInt();
            int height = row.get(1).asInt();
            assertEquals(row.get(2).asInt(), EvalGeometry.resizedWidth(width, height, 256), row.toString());
            assertEquals(row.get(3).asInt(), EvalGeometry.resizedHeight(width, height, 256), row.toString());
        }
    }

    /** The network normalises; the formula and the layout it is given are checked here: (v/255 - mean)/std, channel first. */
    @Test
    void normalisedTensorOfTheReference() {
        GoldenCase golden = Goldens.ssl().byId("image/normalize");
        Pixels picture = GoldenImages.read(golden.get("input").asText());
        int plane = picture.width() * picture.height();
        float[] actual = new float[3 * plane];
        for (int c = 0; c < 3; c++) {
            float mean = (float) golden.get("mean").get(c).asDouble();
            float std = (float) golden.get("std").get(c).asDouble();
            for (int i = 0; i < plane; i++) {
                actual[c * plane + i] = ((picture.data()[3 * i + c] & 255) / 255f - mean) / std;
            }
        }
        golden.expected("out").assertClose(actual);
    }

    /** Computing only the centre gives the bytes of resizing everything and cutting, also where a side is extreme. */
    @Test
    void theCentreIsAPartOfTheWholeResize() {
        int[][] sizes = {{128, 128}, {300, 41}, {41, 300}, {9, 8}, {1, 1}, {1, 30}};
        for (int[] size : sizes) {
            Pixels picture = TestViews.noise(size[0], size[1], 11);
            int width = EvalGeometry.resizedWidth(size[0], size[1], 40);
            int height = EvalGeometry.resizedHeight(size[0], size[1], 40);
            byte[] whole = new byte[3 * width * height];
            new Resampler().resize(picture, Crop.whole(size[0], size[1]), width, height, false, whole);
            ByteBuffer centre = ByteBuffer.allocate(3 * 35 * 35);
            new ViewPainter().paintCentre(picture, 40, 35, centre, 0);
            int left = EvalGeometry.centreOffset(width, 35);
            int top = EvalGeometry.centreOffset(height, 35);
            for (int y = 0; y < 35; y++) {
                int from = ((top + y) * width + left) * 3;
                assertArrayEquals(
                        Arrays.copyOfRange(whole, from, from + 105),
                        Arrays.copyOfRange(centre.array(), 105 * y, 105 * y + 105));
            }
        }
    }
}
