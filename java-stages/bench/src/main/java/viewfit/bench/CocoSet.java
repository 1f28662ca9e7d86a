package viewfit.bench;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import viewfit.coco.Mask;
import viewfit.core.random.RandomStream;
import viewfit.core.random.SeedTree;

/**
 * A made-up data set as large per image as val2017 of COCO: 7.2 objects of 80 classes and 34 detections. One detection is near
 * each object, the others are anywhere.
 */
final class CocoSet {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 480;
    private static final int CLASSES = 80;

    private final Path folder;
    private final int images;

    CocoSet(Path folder, int images) {
        this.folder = folder;
        this.images = images;
    }

    Path truth() {
        return folder.resolve("annotations-" + images + ".json");
    }

    Path found(String type) {
        return folder.resolve(type + "-" + images + ".json");
    }

    /** Writes all three files; the same numbers every time. */
    void write() throws IOException {
        Files.createDirectories(folder);
        try (Writer truth = Files.newBufferedWriter(truth());
                Writer boxes = Files.newBufferedWriter(found("bbox"));
                Writer masks = Files.newBufferedWriter(found("segm"))) {
            truth.write("{\"categories\":[");
            for (int k = 1; k <= CLASSES; k++) {
                truth.write((k == 1 ? "" : ",") + "{\"id\":" + k + ",\"name\":\"class " + k + "\"}");
            }
            truth.write("],\"images\":[");
            for (int i = 1; i <= images; i++) {
                truth.write(
                        (i == 1 ? "" : ",") + "{\"id\":" + i + ",\"height\":" + HEIGHT + ",\"width\":" + WIDTH + "}");
            }
            truth.write("],\"annotations\":[");
            int objects = 0;
            int detections = 0;
            for (int i = 1; i <= images; i++) {
                RandomStream random = SeedTree.root(0).at("coco").at(i).stream();
                List<Thing> things = new ArrayList<>();
                for (int j = i % 5 == 0 ? 8 : 7; j > 0; j--) {
                    Thing thing = Thing.of(random);
                    things.add(thing);
                    truth.write((objects++ == 0 ? "" : ",") + thing.annotation(i, objects));
                }
                for (int j = 0; j < 34; j++) {
                    Thing thing = j < things.size() ? things.get(j).near(random) : Thing.of(random);
                    String head = (detections++ == 0 ? "[" : ",") + "{\"image_id\":" + i + ",\"category_id\":"
                            + thing.category + ",\"score\":"
                            + String.format(Locale.ROOT, "%.4f", random.nextDouble() * (j < things.size() ? 1 : .5));
                    boxes.write(head + ",\"bbox\":" + thing.box() + "}");
                    masks.write(head + ",\"segmentation\":{\"size\":[" + HEIGHT + "," + WIDTH + "],\"counts\":\""
                            + thing.mask().text().replace("\\", "\\\\") + "\"}}");
                }
            }
            truth.write("]}");
            boxes.write("]");
            masks.write("]");
        }
    }

    /** A rough blob. */
    private record Thing(int category, List<Double> xy) {
        static Thing of(RandomStream random) {
            double radius = 8 + 120 * random.nextDouble() * random.nextDouble();
            double x = random.uniform(0, WIDTH);
            double y = random.uniform(0, HEIGHT);
            int points = 12 + random.nextInt(30);
            List<Double> xy = new ArrayList<>();
            for (int i = 0; i < points; i++) {
                double r = radius * random.uniform(.7, 1.1);
                xy.add(within(x + r * Math.cos(2 * Math.PI * i / points), WIDTH));
                xy.add(within(y + r * Math.sin(2 * Math.PI * i / points), HEIGHT));
            }
            // Low classes are common, as people are in COCO.
            return new Thing(1 + (int) (CLASSES * random.nextDouble() * random.nextDouble()), xy);
        }

        Thing near(RandomStream random) {
            double x = random.uniform(-6, 6);
            double y = random.uniform(-6, 6);
            List<Double> moved = new ArrayList<>();
            for (int i = 0; i < xy.size(); i++) {
                moved.add(
                        within(xy.get(i) + (i % 2 == 0 ? x : y) + random.uniform(-1, 1), i % 2 == 0 ? WIDTH : HEIGHT));
            }
            return new Thing(category, moved);
        }

        private static double within(double value, int size) {
            return Math.rint(100 * Math.max(0, Math.min(size, value))) / 100;
        }

        Mask mask() {
            return Mask.ofPolygon(xy.stream().mapToDouble(v -> v).toArray(), HEIGHT, WIDTH);
        }

        String box() {
            double[] low = {WIDTH, HEIGHT};
            double[] high = {0, 0};
            for (int i = 0; i < xy.size(); i++) {
                low[i % 2] = Math.min(low[i % 2], xy.get(i));
                high[i % 2] = Math.max(high[i % 2], xy.get(i));
            }
            return String.format(
                    Locale.ROOT, "[%.2f,%.2f,%.2f,%.2f]", low[0], low[1], high[0] - low[0], high[1] - low[1]);
        }

        String annotation(int image, int id) {
            return "{\"id\":" + id + ",\"image_id\":" + image + ",\"category_id\":" + category
                    + ",\"iscrowd\":0,\"area\":"
                    + mask().area() + ",\"bbox\":" + box() + ",\"segmentation\":["
                    + xy.toString().replace(" ", "") + "]}";
        }
    }
}
