package viewfit.coco;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the three forms of a segmentation: polygons, uncompressed runs, runs as text. */
final class SegmentationReader {
    private static final String FIELD = "segmentation";
    private static final int LEAST_NUMBERS = 6;

    private final JsonRows rows;
    private final Rules rules;

    SegmentationReader(JsonRows rows, Rules rules) {
        this.rows = rows;
        this.rules = rules;
    }

    /** The segmentation at the parser. */
    Segmentation read() throws IOException {
        if (rows.atList()) {
            return polygons();
        }
        if (rows.atObject()) {
            return runs();
        }
        throw rows.wrong(FIELD, rows.found(), "must be a list of polygons, or an object with size and counts");
    }

    private Segmentation polygons() throws IOException {
        List<double[]> polygons = new ArrayList<>(2);
        while (rows.nextElement()) {
            polygons.add(polygon(polygons.size()));
        }
        if (polygons.isEmpty()) {
            throw rows.wrong(FIELD, "no polygon", "must be at least one");
        }
        return new Segmentation.Polygons(polygons.toArray(double[][]::new));
    }

    private double[] polygon(int index) throws IOException {
        String field = FIELD + "[" + index + "]";
        double[] xy = rows.numbers(field);
        boolean whole = xy.length >= LEAST_NUMBERS && xy.length % 2 == 0;
        // The reference looks at the first polygon only, and drops a number without partner.
        boolean passes = index == 0 ? xy.length > 4 : xy.length > 1;
        if (rules == Rules.SAFE ? !whole : !passes) {
            throw rows.wrong(
                    field,
                    xy.length + " numbers",
                    rules == Rules.SAFE
                            ? "must be x and y of 3 points or more, an even number"
                            : "the reference fails here, must be 5 numbers or more");
        }
        for (double each : xy) {
            if (!(Math.abs(each) <= PolygonRaster.LARGEST)) {
                throw rows.wrong(
                        field, Double.toString(each), "must be numbers within " + PolygonRaster.LARGEST + " of zero");
            }
        }
        return xy;
    }

    private Segmentation runs() throws IOException {
        Counts counts = new Counts();
        rows.fields(name -> {
            if (name.equals("size")) {
                counts.size = rows.numbers(FIELD + ".size");
            } else if (name.equals("counts") && rows.atText()) {
                counts.text = rows.text(FIELD + ".counts").getBytes(StandardCharsets.UTF_8);
            } else if (name.equals("counts")) {
                counts.numbers = rows.numbers(FIELD + ".counts");
            } else {
                rows.skip();
            }
        });
        int height = side(counts, 0);
        int width = side(counts, 1);
        byte[] text = counts.text;
        if (text != null) {
            return new Segmentation.Text(height, width, text);
        }
        double[] numbers = counts.numbers;
        if (numbers == null) {
            throw rows.missing(FIELD + ".counts", "must be a list of runs, or their text");
        }
        int[] runs = new int[numbers.length];
        for (int i = 0; i < runs.length; i++) {
            runs[i] = (int) numbers[i];
            if (runs[i] != numbers[i] || runs[i] < 0) {
                throw rows.wrong(
                        FIELD + ".counts[" + i + "]", Double.toString(numbers[i]), "must be a whole number, 0 or more");
            }
        }
        return new Segmentation.Runs(height, width, runs);
    }

    private int side(Counts counts, int side) {
        double[] size = counts.size;
        if (size == null || size.length != 2) {
            throw rows.wrong(
                    FIELD + ".size", size == null ? "nothing" : size.length + " numbers", "must be height and width");
        }
        if (size[side] != (int) size[side] || size[side] < 1) {
            throw rows.wrong(FIELD + ".size", Double.toString(size[side]), "must be whole numbers, 1 or more");
        }
        return (int) size[side];
    }

    private static final class Counts {
        private double @org.jspecify.annotations.Nullable [] size;
        private double @org.jspecify.annotations.Nullable [] numbers;
        private byte @org.jspecify.annotations.Nullable [] text;
    }
}
