package viewfit.coco;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;

/** Masks against their pixels, one by one. */
class MaskTest {
    private static boolean[] pixels(Mask mask) {
        boolean[] pixels = new boolean[mask.height() * mask.width()];
        int at = 0;
        boolean inside = false;
        for (int run : mask.runs()) {
            for (int i = 0; i < run; i++) {
                pixels[at++] = inside;
            }
            inside = !inside;
        }
        assertEquals(pixels.length, at);
        return pixels;
    }

    /** Runs may be empty anywhere. */
    private static Mask random(RandomStream random, int height, int width) {
        int left = height * width;
        java.util.List<Integer> runs = new java.util.ArrayList<>();
        while (left > 0) {
            int run = Math.min(left, random.nextInt(7) * random.nextInt(4));
            runs.add(run);
            left -= run;
        }
        return Mask.ofRuns(runs.stream().mapToInt(i -> i).toArray(), height, width);
    }

    @Test
    void algebraIsThatOfPixels() {
        RandomStream random = SeedTree.root(5).at("masks").stream();
        for (int n = 0; n < 500; n++) {
            int h = 1 + random.nextInt(9);
            int w = 1 + random.nextInt(9);
            Mask a = random(random, h, w);
            Mask b = random(random, h, w);
            boolean[] p = pixels(a);
            boolean[] q = pixels(b);
            boolean[] either = pixels(a.union(b));
            boolean[] both = pixels(a.intersection(b));
            int common = 0;
            int all = 0;
            int mine = 0;
            int left = w;
            int right = -1;
            int top = h;
            int bottom = -1;
            for (int i = 0; i < p.length; i++) {
                assertEquals(p[i] || q[i], either[i]);
                assertEquals(p[i] && q[i], both[i]);
                common += p[i] && q[i] ? 1 : 0;
                all += p[i] || q[i] ? 1 : 0;
                if (p[i]) {
                    mine++;
                    left = Math.min(left, i / h);
                    right = Math.max(right, i / h);
                    top = Math.min(top, i % h);
                    bottom = Math.max(bottom, i % h);
                }
            }
            assertEquals(mine, a.area());
            assertEquals(common == 0 ? 0 : (double) common / all, a.iou(b, false));
            assertEquals(common == 0 ? 0 : (double) common / mine, a.iou(b, true));
            if (mine > 0) {
                Box box = a.box();
                // A box is tight unless a run goes over columns: then it has their whole height, as with the reference.
                assertEquals(left, box.x());
                assertEquals(right - left + 1, box.width());
                assertTrue(box.y() <= top && box.y() + box.height() >= bottom + 1);
            }
            assertArrayEquals(
                    a.runs(),
                    Mask.ofText(a.text().getBytes(StandardCharsets.US_ASCII), h, w)
                            .runs());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "37:  | 5 | 4 | ''",
                "37   | 5 | 4 | runs of 10 pixels in all: must be 20",
                "37Z  | 5 | 4 | breaks off at character 3",
                "37p  | 5 | 4 | the character of code 112",
                "37;  | 5 | 4 | leaves the 5 x 4 image",
                "O    | 5 | 4 | run 0 of -1 pixels",
                "''   | 5 | 4 | runs of 0 pixels in all",
                "37:  | 0 | 4 | an image of 0 x 4 pixels",
                "ooooooooooo0 | 5 | 4 | breaks off",
            })
    void textIsReadWholeOrRefused(String text, int height, int width, String message) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        if (message.isEmpty()) {
            assertArrayEquals(
                    new int[] {3, 7, 10}, Mask.ofText(bytes, height, width).runs());
            return;
        }
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Mask.ofText(bytes, height, width));
        assertTrue(String.valueOf(e.getMessage()).contains(message), e.getMessage());
    }

    @Test
    void largeDifferencesSurvive() {
        int[] runs = {0, 1 << 29, 5, 1, 1 << 30, (1 << 29) - 6 - 1};
        assertArrayEquals(runs, RunText.read(RunText.write(runs).getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void masksOfOtherSizesDoNotMeet() {
        Mask a = Mask.ofRuns(new int[] {0, 6}, 2, 3);
        Mask b = Mask.ofRuns(new int[] {0, 6}, 3, 2);
        assertEquals(-1, a.iou(b, false));
        assertThrows(IllegalArgumentException.class, () -> a.union(b));
    }
}
