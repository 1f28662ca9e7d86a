package viewfit.report.chart;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.Polygon;
import java.awt.Rectangle;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import viewfit.report.chart.BarFigure.Bar;
import viewfit.report.chart.BarFigure.Run;

/** Figures as SVG: an XML document whose text is text, the same bytes each time. */
class SvgTest {
    private static final String ODD = "x <must> & \"y\"";

    private static String svg(Drawing drawing) {
        return new String(Pictures.svg(drawing, "T & T", 200, 100), StandardCharsets.UTF_8);
    }

    private static Document document(byte[] svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(svg));
    }

    private static List<Element> elements(Document document, String name) {
        NodeList nodes = document.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    private static BarFigure bars() {
        return new BarFigure(
                "bars",
                "Bars " + ODD,
                "upright label",
                List.of("group"),
                List.of(ODD, "y"),
                List.of(
                        new Bar(0, 0, List.of(new Run("c0", 0, 0.5), new Run("c1", 1, 0.7)), List.of(), ""),
                        new Bar(0, 1, List.of(new Run("c2", 0, 0.4)), List.of(), "1 of 2 seeds")),
                0.1);
    }

    private static LineFigure lines() {
        List<LineFigure.Point> points = List.of(
                new LineFigure.Point(0, 1),
                new LineFigure.Point(1, Double.NaN),
                new LineFigure.Point(2, 3),
                new LineFigure.Point(3, 2));
        return new LineFigure(
                "lines",
                "Lines",
                "step",
                "loss",
                LineFigure.YScale.DATA,
                List.of("v"),
                List.of("seed 0", "seed 1"),
                List.of(new LineFigure.Line("c0", 0, 0, points, false), new LineFigure.Line("c1", 0, 1, points, true)),
                List.of(new LineFigure.Reference("ln K", 2.5)));
    }

    @Test
    void textIsText() throws Exception {
        Document document = document(bars().svg(400, 260));
        Set<String> words = new HashSet<>();
        for (Element text : elements(document, "text")) {
            words.add(text.getTextContent());
        }
        for (String word :
                List.of("Bars " + ODD, ODD, "y", "group", "upright label", "chance", "60.0", "1 of 2 seeds")) {
            assertTrue(words.contains(word), word + " is not among " + words);
        }
        assertEquals("Bars " + ODD, elements(document, "title").get(0).getTextContent());
        Element upright = elements(document, "text").stream()
                .filter(text -> text.getTextContent().equals("upright label"))
                .findFirst()
                .orElseThrow();
        assertTrue(upright.getAttribute("transform").startsWith("matrix(0 -1 1 0 "), upright.getAttribute("transform"));
    }

    @Test
    void theSameFigureHasTheSameBytes() {
        assertArrayEquals(bars().svg(400, 260), bars().svg(400, 260));
        assertArrayEquals(lines().svg(400, 260), lines().svg(400, 260));
    }

    @Test
    void everyClipIsDefinedOnce() {
        String svg = new String(lines().svg(400, 260), StandardCharsets.UTF_8);
        Set<String> used = new HashSet<>();
        Matcher reference = Pattern.compile("url\\(#(clip\\d+)\\)").matcher(svg);
        while (reference.find()) {
            used.add(reference.group(1));
        }
        assertFalse(used.isEmpty(), "curves are clipped to the plot");
        for (String id : used) {
            assertEquals(1, svg.split("id=\"" + id + "\"", -1).length - 1, id);
        }
        assertFalse(svg.contains("NaN") || svg.contains("Infinity"));
    }

    /** The dash of the second seed is what tells it from the first. */
    @Test
    void dashesAreKept() {
        String svg = new String(lines().svg(400, 260), StandardCharsets.UTF_8);
        assertTrue(svg.contains("stroke-dasharray=\"6 3.5\""));
    }

    @Test
    void shapesAreWhereTheyWereDrawn() {
        String svg = svg((g, canvas) -> {
            g.setColor(new Color(0x12, 0xAB, 0x00, 128));
            g.translate(10, 20);
            g.fill(new Rectangle(1, 2, 3, 4));
            g.rotate(Math.PI / 2);
            g.setStroke(new BasicStroke(2.5f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
            g.setColor(Color.BLACK);
            g.draw(new Line2D.Double(0, 0, 5, 0));
        });
        assertTrue(
                svg.contains("<path d=\"M11 22L14 22L14 26L11 26L11 22Z\" fill=\"#12ab00\" fill-opacity=\"0.502\"/>"),
                svg);
        assertTrue(
                svg.contains("<path d=\"M10 20L10 25\" fill=\"none\" stroke=\"#000000\" stroke-width=\"2.5\""
                        + " stroke-linecap=\"round\" stroke-linejoin=\"round\"/>"),
                svg);
    }

    /** SVG has no stroke of its own for a sheared pen: its outline is filled. A polygon's rule is even-odd. */
    @Test
    void whatSvgHasNoWordForIsFilled() {
        String scaled = svg((g, canvas) -> {
            g.scale(3, 1);
            g.draw(new Line2D.Double(1, 1, 1, 9));
        });
        assertTrue(scaled.contains("<path d=\"M") && !scaled.contains("stroke="), scaled);
        String polygon = svg((g, canvas) -> g.fill(new Polygon(new int[] {0, 5, 5}, new int[] {0, 0, 5}, 3)));
        assertTrue(polygon.contains("fill-rule=\"evenodd\""), polygon);
    }

    @Test
    void aCopyDrawsOnTheSamePageWithItsOwnState() {
        String svg = svg((g, canvas) -> {
            Graphics2D copy = (Graphics2D) g.create();
            copy.translate(50, 0);
            copy.fillRect(0, 0, 1, 1);
            copy.dispose();
            g.fillRect(0, 0, 1, 1);
        });
        assertTrue(svg.contains("M50 0L51 0") && svg.contains("M0 0L1 0"), svg);
    }

    @Test
    void picturesAndGradientsAreRefused() {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
        assertThrows(UnsupportedOperationException.class, () -> svg((g, canvas) -> g.drawImage(image, 0, 0, null)));
        assertThrows(
                IllegalStateException.class,
                () -> svg((g, canvas) -> {
                    g.setPaint(new GradientPaint(0, 0, Color.RED, 1, 1, Color.BLUE));
                    g.fill(canvas);
                }));
    }

    @Test
    void numbersAreShort() {
        assertEquals("1", SvgPage.number(1));
        assertEquals("-0.5", SvgPage.number(-0.5));
        assertEquals("0", SvgPage.number(-0.0004));
        assertEquals("0.123", SvgPage.number(0.1234));
        assertEquals("1234.01", SvgPage.number(1234.01));
        assertEquals("0.001", SvgPage.number(0.0009));
    }
}
