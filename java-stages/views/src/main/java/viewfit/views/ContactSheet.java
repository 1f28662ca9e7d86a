package viewfit.views;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import viewfit.core.data.DamagePolicy;
import viewfit.core.files.AtomicFiles;
import viewfit.core.recipe.ViewKind;
import viewfit.core.recipe.ViewRecipe;

/**
 * A picture of the views that training samples: one row per image, on the left the image with all boxes, then its global views,
 * then its local views, each with its pixel scale (PS). The images are the first of the first epoch, and their views are those
 * the {@link MultiCropLoader} delivers for the same recipe and seed, with the same pictures in the place of damaged ones.
 */
public final class ContactSheet {
    private static final int GAP = 12;
    private static final int CAPTION = 17;
    private static final int HEADER = 26;
    private static final int FOOTER = 20;
    private static final int ORIGINAL_WIDTH = 240;

    /** Room for the words above a single column of local views. */
    private static final int LOCAL_HEADER = 150;

    private static final int GLOBAL_TARGET = 128;
    private static final int LOCAL_LINES = 2;

    /** Of a sheet, which takes 4 bytes of the heap for each: 128 MB. */
    private static final long MOST_PIXELS = 32_000_000;

    private static final Color INK = new Color(0x222222);
    private static final Color SOFT = new Color(0x707070);
    private static final Color RULE = new Color(0xE4E4E4);

    /** Colours that stay apart for colour-blind eyes (Okabe and Ito): warm for global views, blue for local ones. */
    private static final Color[] GLOBAL = {new Color(0xD55E00), new Color(0xE69F00)};

    private static final Color LOCAL = new Color(0x0072B2);

    private final ViewPlan plan;
    private final int globals;
    private final int locals;
    private final int globalSide;
    private final int localSide;
    private final int zoom;

    /** Width of the first column: room for any image, and in the end that of the widest one shown. */
    private int originalWidth = ORIGINAL_WIDTH;

    private ContactSheet(ViewRecipe recipe, long seed) {
        plan = new ViewPlan(recipe, seed);
        int count = 0;
        int largest = 0;
        for (int v = 0; v < plan.views(); v++) {
            if (plan.kind(v) == ViewKind.GLOBAL) {
                count++;
            } else {
                largest = Math.max(largest, plan.side(v));
            }
        }
        globals = count;
        locals = plan.views() - count;
        globalSide = plan.side(0);
        localSide = largest;
        zoom = Math.max(1, Math.round((float) GLOBAL_TARGET / globalSide));
    }

    /** How many images of these views a sheet has room for, at least 1. */
    public static int mostImages(ViewRecipe recipe) {
        ContactSheet sheet = new ContactSheet(recipe, 0);
        return (int) Math.max(1, (MOST_PIXELS / sheet.width() - sheet.height(0)) / (sheet.height(1) - sheet.height(0)));
    }

    /**
     * Draws the sheet and writes it as PNG.
     *
     * @param png file to write
     * @param images the training images
     * @param seed seed of the training run
     * @param count how many images to show; fewer if there are fewer, or no room for so many
     * @return what is shown, image by image and view by view
     */
    public static List<SampledView> write(Path png, ImageStore images, ViewRecipe recipe, long seed, int count) {
        return write(png, new StandIns(images, DamagePolicy.FAIL, seed), recipe, seed, count);
    }

    /**
     * Draws the sheet where others may stand in for damaged images, as they do in training.
     *
     * @throws viewfit.core.contract.StageFailure BAD_DATA if it meets more damaged images than the quota allows
     */
    public static List<SampledView> write(Path png, StandIns images, ViewRecipe recipe, long seed, int count) {
        List<SampledView> rows = new ArrayList<>();
        int shown =
                Math.min(Math.min(count, mostImages(recipe)), images.images().size());
        BufferedImage sheet = new ContactSheet(recipe, seed).draw(images, seed, shown, rows);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(sheet, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException("contact sheet", e);
        }
        AtomicFiles.writeBytes(png, out.toByteArray());
        return rows;
    }

    /** What is written below an image, once it is known how much room there is. */
    private record Caption(String name, String size, int top) {}

    private BufferedImage draw(StandIns images, long seed, int count, List<SampledView> rows) {
        StepPlan order = StepPlan.shuffled(images.images().size(), 1, true, seed);
        BufferedImage sheet = new BufferedImage(width(), height(count), BufferedImage.TYPE_INT_RGB);
        Graphics2D g = sheet.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        List<Caption> captions = new ArrayList<>();
        // Room for the captions.
        int widest = ORIGINAL_WIDTH * 3 / 4;
        try (Workbench bench = new Workbench()) {
            for (int i = 0; i < count; i++) {
                int image = order.image(i, 0);
                StandIns.Pick pick = images.pick(image, 0, bench.decoder, bench.scratch);
                images.count(pick.damaged());
                String path = images.images().row(pick.image()).path();
                captions.add(row(g, top(i), pick.picture(), path, image, bench.painter, rows));
                widest = Math.max(widest, (int)
                        Math.ceil(scale(pick.picture()) * pick.picture().width()));
            }
        }
        BufferedImage shown = narrow(sheet, Math.min(widest, ORIGINAL_WIDTH));
        header(g);
        captions.forEach(c -> caption(g, fit(g, c.name, originalWidth - 60) + "  " + c.size, GAP, c.top, SOFT));
        g.setColor(RULE);
        for (int i = 1; i < count; i++) {
            g.fillRect(GAP, top(i) - GAP / 2 - 1, width() - 2 * GAP, 1);
        }
        caption(g, "PS: pixel scale, pixels of the view per pixel of the image", GAP, sheet.getHeight() - FOOTER, SOFT);
        g.dispose();
        return shown;
    }

    /** Makes the first column as wide as its widest image: all views move to the left. */
    private BufferedImage narrow(BufferedImage sheet, int widest) {
        int from = globalsLeft();
        int[] line = new int[sheet.getWidth() - from];
        originalWidth = widest;
        for (int y = 0; y < sheet.getHeight(); y++) {
            sheet.getRGB(from, y, line.length, 1, line, 0, line.length);
            sheet.setRGB(globalsLeft(), y, line.length, 1, line, 0, line.length);
        }
        return sheet.getSubimage(0, 0, width(), sheet.getHeight());
    }

    private int top(int row) {
        return HEADER + GAP + row * (rowHeight() + GAP);
    }

    private int height(int rows) {
        return top(rows) + FOOTER;
    }

    private double scale(Pixels picture) {
        int room = rowHeight() - CAPTION;
        return Math.min((double) ORIGINAL_WIDTH / picture.width(), (double) room / picture.height());
    }

    private void header(Graphics2D g) {
        g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 13));
        g.setColor(INK);
        int baseline = HEADER - 6;
        g.drawString("image and boxes", GAP, baseline);
        g.drawString("global views, " + globalSide + " px", globalsLeft(), baseline);
        if (locals > 0) {
            g.drawString("local views, " + localSides() + " px", localsLeft(), baseline);
        }
    }

    /** Sizes of the groups of local views in their order. */
    private String localSides() {
        return IntStream.range(globals, plan.views())
                .map(plan::side)
                .distinct()
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(" and "));
    }

    private Caption row(
            Graphics2D g,
            int top,
            Pixels picture,
            String path,
            int image,
            ViewPainter painter,
            List<SampledView> rows) {
        List<Crop> crops = new ArrayList<>();
        for (int view = 0; view < plan.views(); view++) {
            ViewDraw draw = plan.draw(0, image, view, picture.width(), picture.height());
            int side = plan.side(view);
            ByteBuffer bytes = ByteBuffer.allocate(3 * side * side);
            painter.paint(picture, draw, side, bytes, 0);
            view(g, view, top, toImage(bytes.array(), side, side), draw.crop());
            crops.add(draw.crop());
            String kind = plan.kind(view).name().toLowerCase(Locale.ROOT);
            Crop c = draw.crop();
            rows.add(new SampledView(path, view, kind, c.x(), c.y(), c.width(), c.height(), side, c.pixelScale(side)));
        }
        return original(g, top, picture, path, crops);
    }

    private Caption original(Graphics2D g, int top, Pixels picture, String path, List<Crop> crops) {
        double scale = scale(picture);
        int width = (int) Math.max(1, Math.round(picture.width() * scale));
        int height = (int) Math.max(1, Math.round(picture.height() * scale));
        g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        g.drawImage(toImage(picture.data(), picture.width(), picture.height()), GAP, top, width, height, null);
        // Global boxes last: they are the outer ones and should not be cut by the others.
        for (int view = crops.size() - 1; view >= 0; view--) {
            box(
                    g,
                    GAP + scale * crops.get(view).x(),
                    top + scale * crops.get(view).y(),
                    scale,
                    crops.get(view),
                    view);
        }
        String size = picture.width() + "x" + picture.height();
        return new Caption(path.substring(path.lastIndexOf('/') + 1), size, top + height);
    }

    private void box(Graphics2D g, double x, double y, double scale, Crop crop, int view) {
        Rectangle2D frame = new Rectangle2D.Double(x + 1, y + 1, scale * crop.width() - 2, scale * crop.height() - 2);
        g.setStroke(new BasicStroke(3.4f));
        g.setColor(new Color(255, 255, 255, 150));
        g.draw(frame);
        g.setStroke(new BasicStroke(1.8f));
        g.setColor(colour(view));
        g.draw(frame);
    }

    private void view(Graphics2D g, int view, int top, BufferedImage image, Crop crop) {
        int side = zoom * plan.side(view);
        int left;
        int upper = top;
        if (view < globals) {
            left = globalsLeft() + view * (zoom * globalSide + GAP);
        } else {
            int local = view - globals;
            left = localsLeft() + local % localColumns() * (localCell() + GAP);
            upper += local / localColumns() * (localCell() + CAPTION + 4);
        }
        g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
        g.drawImage(image, left, upper, side, side, null);
        g.setStroke(new BasicStroke(2));
        g.setColor(colour(view));
        g.drawRect(left + 1, upper + 1, side - 2, side - 2);
        caption(g, String.format(Locale.ROOT, "PS %.2f", crop.pixelScale(plan.side(view))), left, upper + side, INK);
    }

    private static void caption(Graphics2D g, String text, int left, int top, Color colour) {
        g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        g.setColor(colour);
        g.drawString(text, left, top + 13);
    }

    /** Shortens a text in the middle until it fits. */
    static String fit(Graphics2D g, String text, int width) {
        g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        String shown = text;
        int keep = text.length();
        while (g.getFontMetrics().stringWidth(shown) > width && keep > 4) {
            keep--;
            shown = text.substring(0, keep / 2) + "…" + text.substring(text.length() - (keep - keep / 2));
        }
        return shown;
    }

    private Color colour(int view) {
        return view < globals ? GLOBAL[view % GLOBAL.length] : LOCAL;
    }

    static BufferedImage toImage(byte[] rgb, int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0, p = 0; y < height; y++) {
            for (int x = 0; x < width; x++, p += 3) {
                image.setRGB(x, y, ((rgb[p] & 255) << 16) | ((rgb[p + 1] & 255) << 8) | (rgb[p + 2] & 255));
            }
        }
        return image;
    }

    private int globalsLeft() {
        return 3 * GAP + originalWidth;
    }

    private int localsLeft() {
        return globalsLeft() + globals * (zoom * globalSide + GAP) + GAP;
    }

    private int localColumns() {
        return Math.max(1, (locals + LOCAL_LINES - 1) / LOCAL_LINES);
    }

    /** Side of the square a local view has on the sheet. */
    private int localCell() {
        return zoom * localSide;
    }

    private int rowHeight() {
        int lines = locals > 1 ? LOCAL_LINES : locals;
        return Math.max(zoom * globalSide + CAPTION, lines * (localCell() + CAPTION + 4));
    }

    private int width() {
        return localsLeft() + (locals > 0 ? Math.max(LOCAL_HEADER, localColumns() * (localCell() + GAP)) : 0);
    }
}
