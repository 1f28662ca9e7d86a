package viewfit.coco;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads results. The first tells what all are: with a box, areas are those of the boxes, and what has no segmentation is the
 * rectangle of its box; without, boxes and areas are those of the masks.
 */
final class ResultReader {
    private final JsonRows rows;
    private final Path file;
    private final IouType type;
    private final Rules rules;
    private final SegmentationReader segmentations;

    private final List<Detection> detections = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private boolean boxes;
    private boolean firstHasSegmentation;

    ResultReader(JsonRows rows, Path file, IouType type, Rules rules) {
        this.rows = rows;
        this.file = file;
        this.type = type;
        this.rules = rules;
        this.segmentations = new SegmentationReader(rows, rules);
    }

    Results read() throws IOException {
        rows.topList("a list of results", row -> detections.add(detection()));
        if (detections.isEmpty()) {
            if (rules == Rules.STRICT_REFERENCE) {
                throw rows.failure("found no result: the reference fails here, must be at least one");
            }
            warnings.add(file + ": no results: every object counts as missed");
        } else if (type == IouType.SEGM && boxes) {
            warnings.add(file + ": the results have boxes"
                    + (firstHasSegmentation
                            ? ": their areas, which decide small, medium and large, are those of the boxes and not of the"
                                    + " masks, as in the reference"
                            : " and no masks: each is compared as the rectangle of its box"));
        } else if (type == IouType.BBOX && !boxes) {
            warnings.add(file + ": the results have no boxes: boxes and areas are those of the masks");
        }
        return new Results(file, detections, warnings);
    }

    private Detection detection() throws IOException {
        Draft draft = new Draft();
        boolean first = detections.isEmpty();
        // Of the first all is read, as it tells the form of the others.
        boolean masks = first || type == IouType.SEGM || !boxes;
        rows.fields(name -> {
            switch (name) {
                case "image_id" -> draft.image = rows.id(name);
                case "category_id" -> draft.category = rows.id(name);
                case "score" -> draft.score = rows.number(name);
                case "bbox" -> draft.box = rows.box(name, rules);
                case "segmentation" -> {
                    if (masks) {
                        draft.segmentation = segmentations.read();
                    } else {
                        rows.skip();
                    }
                }
                case "caption" -> {
                    if (first) {
                        throw rows.wrong(name, "a caption", "must be a result with bbox or segmentation");
                    }
                    rows.skip();
                }
                default -> rows.skip();
            }
        });
        if (first) {
            boxes = draft.box != null;
            firstHasSegmentation = draft.segmentation != null;
            if (!boxes && !firstHasSegmentation) {
                throw rows.missing("bbox", "must be a result with bbox or segmentation");
            }
        }
        return detection(draft);
    }

    private Detection detection(Draft draft) throws IOException {
        requireForm(draft);
        Box box = draft.box;
        Segmentation segmentation = draft.segmentation;
        double area = Double.NaN;
        if (boxes && box != null) {
            area = box.area();
            if (type == IouType.SEGM && segmentation == null) {
                segmentation = new Segmentation.Polygons(Mask.corners(box));
            }
        } else if (type == IouType.BBOX && segmentation != null) {
            Mask mask = maskOfItsOwnSize(segmentation);
            area = mask.area();
            box = box == null ? mask.box() : box;
        }
        return new Detection(
                detections.size(),
                present("image_id", draft.image),
                present("category_id", draft.category),
                score(draft),
                area,
                type == IouType.BBOX ? box : null,
                type == IouType.SEGM ? segmentation : null);
    }

    /** All results are of the form of the first. */
    private void requireForm(Draft draft) {
        Segmentation segmentation = draft.segmentation;
        if (boxes && draft.box == null) {
            throw rows.missing("bbox", "must have one, as the first result has");
        }
        if (!boxes && segmentation == null) {
            throw rows.missing("segmentation", "must have one, as the first result has no bbox");
        }
        if (rules == Rules.STRICT_REFERENCE) {
            if (!boxes && !(segmentation instanceof Segmentation.Text)) {
                throw rows.wrong(
                        "segmentation", "no text of runs", "the reference fails here, must be size and counts as text");
            }
            return;
        }
        if (!boxes && draft.box != null) {
            throw rows.wrong("bbox", "a box", "must have none, as the first result has none");
        }
        if (boxes && type == IouType.SEGM && (segmentation != null) != firstHasSegmentation) {
            throw firstHasSegmentation
                    ? rows.missing("segmentation", "must have one, as the first result has")
                    : rows.wrong("segmentation", "one", "must have none, as the first result has none");
        }
    }

    private Mask maskOfItsOwnSize(Segmentation segmentation) {
        if (segmentation instanceof Segmentation.Polygons) {
            throw rows.wrong("segmentation", "polygons", "must be runs where the results have no bbox");
        }
        try {
            return segmentation.mask(0, 0);
        } catch (IllegalArgumentException e) {
            throw rows.failure(rows.place("segmentation") + ": " + e.getMessage());
        }
    }

    private double score(Draft draft) {
        Double score = draft.score;
        if (score == null) {
            throw rows.missing("score", "must be a number");
        }
        if (rules == Rules.SAFE && !Double.isFinite(score)) {
            throw rows.wrong("score", Double.toString(score), "must be a finite number");
        }
        return score;
    }

    private long present(String field, @Nullable Long value) {
        if (value == null) {
            throw rows.missing(field, "must be a whole number");
        }
        return value;
    }

    private static final class Draft {
        private @Nullable Long image;
        private @Nullable Long category;
        private @Nullable Double score;
        private @Nullable Box box;
        private @Nullable Segmentation segmentation;
    }
}
