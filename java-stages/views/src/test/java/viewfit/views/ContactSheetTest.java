package viewfit.views;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import viewfit.core.data.ManifestRow;
import viewfit.core.recipe.ViewKind;
import viewfit.core.recipe.ViewRecipe;
import viewfit.core.table.CsvTable;

class ContactSheetTest {
    private static final Path PHOTO = GoldenImages.path("images/photo.png");

    /** The photo under several names, so that a whole batch can be drawn. */
    private static ImageStore photos() {
        ManifestRow row = new ManifestRow(PHOTO.getFileName().toString(), 0, 1, "");
        Path folder = PHOTO.getParent();
        return new ImageStore(folder == null ? Path.of("") : folder, List.of(row, row, row, row, row), 0);
    }

    /** What the sheet shows is what the loader delivers to the trainer in its first steps. */
    @Test
    void showsTheViewsOfTheFirstSteps(@TempDir Path folder) throws IOException {
        ViewRecipe recipe = TestViews.ours(32, 16, 0.3);
        Path png = folder.resolve("views.png");
        List<SampledView> rows = ContactSheet.write(png, photos(), recipe, 3, 4);
        assertEquals(4 * 8, rows.size());
        try (MultiCropLoader loader = new MultiCropLoader(photos(), recipe, new LoaderOptions(4, 3, 1), 0, 1)) {
            MultiCropBatch batch = loader.next();
            for (int i = 0; i < 4; i++) {
                for (int view = 0; view < 8; view++) {
                    SampledView row = rows.get(8 * i + view);
                    Crop crop = batch.crop(view, i);
                    assertEquals(new Crop(row.x(), row.y(), row.w(), row.h()), crop);
                    assertEquals(batch.pixelScale(view, i), row.pixelScale(), 0);
                    assertEquals(view < 2 ? "global" : "local", row.kind());
                    assertEquals(view < 2 ? 32 : 16, row.size());
                }
            }
        }
        BufferedImage sheet = ImageIO.read(png.toFile());
        assertTrue(sheet.getWidth() > 500 && sheet.getHeight() > 400, sheet.getWidth() + "x" + sheet.getHeight());
    }

    @Test
    void theTableHasTheDocumentedColumns(@TempDir Path folder) {
        CsvTable<SampledView> table = CsvTable.of(SampledView.class, "views/1");
        assertEquals(List.of("image", "view", "kind", "x", "y", "w", "h", "size", "pixel_scale"), table.columns());
        ViewRecipe recipe = TestViews.ours(32, 16, 0.3);
        List<SampledView> rows = ContactSheet.write(folder.resolve("views.png"), photos(), recipe, 3, 1);
        Path csv = folder.resolve("views.csv");
        table.write(csv, Map.of(), rows);
        assertEquals(rows, table.read(csv).rows());
    }

    @Test
    void globalViewsOnlyAndMoreImagesThanThereAre(@TempDir Path folder) throws IOException {
        ViewRecipe recipe = TestViews.recipe(TestViews.group(ViewKind.GLOBAL, 2, 224, 0.3, 1, 1, 0));
        Path png = folder.resolve("views.png");
        assertEquals(2 * 5, ContactSheet.write(png, photos(), recipe, 3, 99).size());
        assertTrue(Files.size(png) > 1000);
    }

    /** 64 rows of usual views fit or nearly so, those of the largest views do not; a sheet is never larger than said. */
    @Test
    void sheetsOfLargeViewsHaveFewerRows(@TempDir Path folder) throws IOException {
        assertTrue(ContactSheet.mostImages(TestViews.ours(224, 96, 0.14)) >= 64);
        ViewRecipe large = TestViews.ours(1024, 1024, 0.3);
        int most = ContactSheet.mostImages(large);
        assertTrue(most >= 1 && most < 4, "rows " + most);
        Path png = folder.resolve("views.png");
        assertEquals(8 * most, ContactSheet.write(png, photos(), large, 3, 64).size());
        BufferedImage sheet = ImageIO.read(png.toFile());
        assertTrue(
                (long) sheet.getWidth() * sheet.getHeight() <= 32_000_000, sheet.getWidth() + "x" + sheet.getHeight());
    }
}
