package viewfit.stages.probe;

import java.nio.file.Path;
import java.util.List;
import viewfit.core.data.Classes;
import viewfit.core.files.AtomicFiles;
import viewfit.eval.FeatureMap;
import viewfit.eval.FeaturePoint;
import viewfit.report.chart.MapFigure;
import viewfit.report.values.Text;

/** The feature map as a picture, {@code feature-map.png} and {@code feature-map.svg}. */
final class MapPicture {
    private static final int WIDTH = 1064;
    private static final int HEIGHT = 560;

    private MapPicture() {}

    static void write(FeatureMap map, Classes classes, Path out) {
        List<MapFigure.Point> axes = map.points().stream()
                .map(p -> new MapFigure.Point(p.label(), p.pcaX(), p.pcaY()))
                .toList();
        List<MapFigure.Point> plane = map.points().stream()
                .filter(p -> Double.isFinite(p.tsneX()))
                .map(p -> new MapFigure.Point(p.label(), p.tsneX(), p.tsneY()))
                .toList();
        MapFigure figure = new MapFigure(
                "feature-map",
                "Held-out features",
                classes.names(),
                List.of(
                        new MapFigure.Panel(
                                "principal components, " + images(map.points()),
                                "first, " + Text.percent(map.shares().get(0)) + " % of the variance",
                                "second, " + Text.percent(map.shares().get(1)) + " %",
                                axes),
                        new MapFigure.Panel(
                                "t-SNE, " + map.placed() + " images", "near: alike; far: nothing said", "", plane)));
        AtomicFiles.writeBytes(out.resolve("feature-map.png"), figure.png(WIDTH, HEIGHT));
        AtomicFiles.writeBytes(out.resolve("feature-map.svg"), figure.svg(WIDTH, HEIGHT));
    }

    private static String images(List<FeaturePoint> points) {
        return points.size() + " images";
    }
}
