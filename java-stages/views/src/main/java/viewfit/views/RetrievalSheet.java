package viewfit.views;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import viewfit.core.files.AtomicFiles;

/**
 * A picture of queries and the images that are nearest to them: one row per query, the query on the left, its neighbours in order,
 * each framed by whether its class is that of the query. All are shown as centre crops.
 */
public final class RetrievalSheet {
    private static final int SIDE = 112;
    private static final int GAP = 10;
    private static final int CAPTION = 30;
    private static final int HEADER = 30;
    private static final int FOOTER = 24;

    private static final Color INK = new Color(0x222222);
    private static final Color SOFT = new Color(0x707070);

    /** Of Okabe and Ito: apart for colour-blind eyes. */
    private static final Color SAME = new Color(0x009E73);

    private static final Color OTHER = new Color(0xD55E00);

    private RetrievalSheet() {}

    /**
     * One image of a row.
     *
     * @param image number in its store
     * @param caption name of its class
     * @param cosine of its feature and the query's
     * @param same whether it is of the query's class
     */
    public record Hit(int image, String caption, double cosine, boolean same) {}

    /**
     * One row.
     *
     * @param query number of the image in the store of the queries
     * @param caption name of its class
     * @param hits nearest first; as many in every row
     */
    public record Row(int query, String caption, List<Hit> hits) {
        public Row {
            hits = List.copyOf(hits);
        }
    }

    /**
     * Draws and writes the sheet as PNG.
     *
     * @param rows at least one
     */
    public static void write(Path png, ImageStore queries, ImageStore bank, List<Row> rows) {
        int columns = 1 + rows.get(0).hits().size();
        int width = left(columns);
        int height = HEADER + rows.size() * (SIDE + CAPTION) + FOOTER;
        BufferedImage sheet = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = sheet.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, width, height);
        g.setColor(INK);
        g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 13));
        g.drawString("held-out image", GAP, HEADER - 10);
        g.drawString("nearest training images, by cosine", left(1), HEADER - 10);
        try (Workbench bench = new Workbench()) {
            for (int r = 0; r < rows.size(); r++) {
                Row row = rows.get(r);
                int top = HEADER + r * (SIDE + CAPTION);
                cell(g, queries, row.query(), bench, left(0), top, null);
                caption(g, row.caption(), "", left(0), top, INK);
                for (int n = 0; n < row.hits().size(); n++) {
                    Hit hit = row.hits().get(n);
                    Color frame = hit.same() ? SAME : OTHER;
                    cell(g, bank, hit.image(), bench, left(n + 1), top, frame);
                    caption(
                            g,
                            hit.caption(),
                            String.format(Locale.ROOT, "%.3f", hit.cosine()),
                            left(n + 1),
                            top,
                            hit.same() ? INK : SOFT);
                }
            }
        }
        legend(g, left(1), height - FOOTER + 6);
        g.dispose();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(sheet, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException("retrieval sheet", e);
        }
        AtomicFiles.writeBytes(png, out.toByteArray());
    }

    /** The neighbours stand a little apart from the query. */
    private static int left(int column) {
        return GAP + column * (SIDE + GAP) + (column > 0 ? GAP : 0);
    }

    private static void cell(
            Graphics2D g, ImageStore images, int image, Workbench bench, int left, int top, @Nullable Color frame) {
        Pixels picture = images.get(image, bench.decoder, bench.scratch);
        ByteBuffer bytes = ByteBuffer.allocate(3 * SIDE * SIDE);
        bench.painter.paintCentre(picture, SIDE, SIDE, bytes, 0);
        g.drawImage(ContactSheet.toImage(bytes.array(), SIDE, SIDE), left, top, null);
        if (frame != null) {
            g.setStroke(new BasicStroke(4));
            g.setColor(frame);
            g.drawRect(left + 2, top + 2, SIDE - 4, SIDE - 4);
        }
    }

    private static void caption(Graphics2D g, String name, String number, int left, int top, Color colour) {
        int room = SIDE - (number.isEmpty() ? 0 : 40);
        String shown = ContactSheet.fit(g, name, room);
        g.setColor(colour);
        g.drawString(shown, left, top + SIDE + 14);
        g.drawString(number, left + SIDE - g.getFontMetrics().stringWidth(number), top + SIDE + 14);
    }

    private static void legend(Graphics2D g, int left, int top) {
        int at = left;
        for (boolean same : new boolean[] {true, false}) {
            g.setColor(same ? SAME : OTHER);
            g.setStroke(new BasicStroke(3));
            g.drawRect(at + 1, top + 1, 10, 10);
            g.setColor(SOFT);
            g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
            String text = same ? "same class as the query" : "another class";
            g.drawString(text, at + 18, top + 11);
            at += 40 + g.getFontMetrics().stringWidth(text);
        }
    }
}
