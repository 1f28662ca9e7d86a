package viewfit.coco;

import java.util.List;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;

/**
 * Gives the detections of a group to its objects: the highest score first, each to the object that it overlaps most, if enough.
 *
 * <p>An object of a crowd or outside the range of areas is ignored: it is given away only to a detection that no other object is
 * for, which then counts neither way. Of equal overlaps the later object is taken.
 */
final class Matcher {
    /** An overlap of 1 may be a little less after rounding. */
    private static final double ALMOST_ONE = 1 - 1e-10;

    private final Annotations annotations;
    private final Results results;
    private final Settings settings;

    Matcher(Annotations annotations, Results results, Settings settings) {
        this.annotations = annotations;
        this.results = results;
        this.settings = settings;
    }

    /** Matches one group. */
    Matches match(Picture picture, int[] objectIndexes, int[] detectionIndexes) {
        List<Annotation> truth = annotations.objects();
        Annotation[] objects = new Annotation[objectIndexes.length];
        Shape[] objectShapes = new Shape[objects.length];
        for (int i = 0; i < objects.length; i++) {
            objects[i] = truth.get(objectIndexes[i]);
            objectShapes[i] = shape(picture, objects[i]);
        }
        Detection[] detections = kept(detectionIndexes);
        Shape[] shapes = new Shape[detections.length];
        double[] scores = new double[detections.length];
        for (int i = 0; i < detections.length; i++) {
            shapes[i] = shape(picture, detections[i]);
            scores[i] = detections[i].score();
        }
        double[][] overlaps = new double[detections.length][objects.length];
        for (int i = 0; i < detections.length; i++) {
            for (int j = 0; j < objects.length; j++) {
                overlaps[i][j] = shapes[i].overlap(objectShapes[j], objects[j].crowd());
            }
        }
        Matches matches = new Matches(scores);
        for (int range = 0; range < Axes.AREAS; range++) {
            match(objects, shapes, overlaps, range, matches);
        }
        return matches;
    }

    /** The detections with the highest scores, that one first. */
    private Detection[] kept(int[] indexes) {
        double[] scores = new double[indexes.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = results.detections().get(indexes[i]).score();
        }
        int[] order = ByScore.order(scores);
        Detection[] kept = new Detection[Math.min(order.length, Axes.limit(Axes.LIMITS - 1))];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = results.detections().get(indexes[order[i]]);
        }
        return kept;
    }

    private void match(Annotation[] objects, Shape[] shapes, double[][] overlaps, int range, Matches matches) {
        // Objects that count come first, then the ignored ones, each in their order.
        int[] order = new int[objects.length];
        int counting = 0;
        for (int i = 0; i < objects.length; i++) {
            if (!ignored(objects[i], range)) {
                order[counting++] = i;
            }
        }
        matches.positives[range] = counting;
        int last = counting;
        for (int i = 0; i < objects.length; i++) {
            if (ignored(objects[i], range)) {
                order[last++] = i;
            }
        }
        for (int t = 0; t < Axes.IOUS; t++) {
            boolean[] taken = new boolean[objects.length];
            for (int i = 0; i < shapes.length; i++) {
                int best = best(objects, overlaps[i], order, counting, taken, Math.min(Axes.iou(t), ALMOST_ONE));
                if (best >= 0) {
                    Annotation object = objects[order[best]];
                    taken[best] = true;
                    set(matches.matched[range], i, t, object.id() != 0 || settings.countIdZero());
                    set(matches.ignored[range], i, t, best >= counting);
                }
                if ((matches.matched[range][i] >> t & 1) == 0 && Axes.outside(shapes[i].area(), range)) {
                    set(matches.ignored[range], i, t, true);
                }
            }
        }
    }

    private static void set(int[] bits, int detection, int bit, boolean value) {
        if (value) {
            bits[detection] |= 1 << bit;
        }
    }

    private static boolean ignored(Annotation object, int range) {
        return object.crowd() || Axes.outside(object.area(), range);
    }

    /** The place in {@code order} of the object for a detection; -1 if there is none. */
    private static int best(
            Annotation[] objects, double[] overlaps, int[] order, int counting, boolean[] taken, double least) {
        double overlap = least;
        int best = -1;
        for (int j = 0; j < order.length; j++) {
            if (best >= 0 && best < counting && j >= counting) {
                break;
            }
            if (taken[j] && !objects[order[j]].crowd()) {
                continue;
            }
            double here = overlaps[order[j]];
            if (here >= overlap) {
                overlap = here;
                best = j;
            }
        }
        return best;
    }

    /** What is compared: a box, and the mask in it if masks are compared; and the area that tells the range of sizes. */
    private record Shape(Box box, @Nullable Mask mask, double area) {
        double overlap(Shape object, boolean crowd) {
            double boxes = box.iou(object.box, crowd);
            if (mask == null || object.mask == null || !(boxes > 0)) {
                return boxes;
            }
            return mask.iou(object.mask, crowd);
        }
    }

    private Shape shape(Picture picture, Annotation object) {
        Box box = object.box();
        if (box != null) {
            return new Shape(box, null, object.area());
        }
        String where = annotations.file() + ": annotations[" + object.place() + "]";
        Mask mask = mask(picture, object.segmentation(), where);
        return new Shape(mask.box(), mask, object.area());
    }

    private Shape shape(Picture picture, Detection detection) {
        Box box = detection.box();
        if (box != null) {
            return new Shape(box, null, detection.area());
        }
        String where = results.file() + ": [" + detection.place() + "]";
        Mask mask = mask(picture, detection.segmentation(), where);
        double area = detection.area();
        return new Shape(mask.box(), mask, Double.isNaN(area) ? mask.area() : area);
    }

    private Mask mask(Picture picture, @Nullable Segmentation segmentation, String where) {
        if (segmentation == null) {
            throw new IllegalStateException(where + ": neither box nor segmentation was kept");
        }
        Mask mask;
        try {
            mask = segmentation.mask(picture.height(), picture.width());
        } catch (IllegalArgumentException e) {
            throw new StageFailure(ExitCode.BAD_DATA, where + ".segmentation: found " + e.getMessage(), e);
        }
        if (settings.rules() == Rules.SAFE && (mask.height() != picture.height() || mask.width() != picture.width())) {
            throw new StageFailure(
                    ExitCode.BAD_DATA,
                    where + ".segmentation.size: found " + mask.height() + " x " + mask.width() + ": must be "
                            + picture.height() + " x " + picture.width() + ", height and width of image "
                            + picture.id());
        }
        return mask;
    }
}
