package viewfit.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputsTest {
    @TempDir
    Path folder;

    /** A page of a thousand cells must open; all pictures are beside it. */
    @Test
    void thePageHasTheFirstPicturesOfAKindInIt() throws IOException {
        Path png = folder.resolve("sheet.png");
        ImageIO.write(new BufferedImage(4, 3, BufferedImage.TYPE_INT_RGB), "png", png.toFile());
        Outputs outputs = new Outputs(folder.resolve("out"));
        for (int i = 0; i <= Outputs.MOST_PICTURES; i++) {
            String html = outputs.picture("views", "c/" + i, png, "alt", "caption");
            assertEquals(i < Outputs.MOST_PICTURES, html.contains("<img"), html);
            assertTrue(html.contains("<a href=\"figures/views-c_" + i + ".png\">PNG</a>"), html);
            assertTrue(Files.isRegularFile(folder.resolve("out/figures/views-c_" + i + ".png")));
        }
        assertTrue(outputs.picture("retrieval", "c", png, "alt", "caption").contains("<img"), "another kind");
        assertFalse(outputs.picture("views", "d", png, "alt", "caption").contains("<img"));
    }
}
