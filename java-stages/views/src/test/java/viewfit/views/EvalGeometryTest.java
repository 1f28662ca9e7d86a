package viewfit.views;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EvalGeometryTest {
    /** Computing only the centre gives the bytes of resizing everything and cutting, also where a side is extreme. */
    @Test
    void theCentreIsAPartOfTheWholeResize() {
        int[][] sizes = {{128, 128}, {300, 41}, {41, 300}, {9, 8}, {1, 1}, {1, 30}};
        for (int[] size : sizes) {
            Pixels picture = TestViews.noise(size[0], size[1], 11);
            int width = EvalGeometry.resizedWidth(size[0], size[1], 40);
            int height = EvalGeometry.resizedHeight(size[0], size[1], 40);
            byte[] whole =
                    TestViews.resized(picture, Crop.whole(size[0], size[1]), width, height, Filter.BICUBIC, false);
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
