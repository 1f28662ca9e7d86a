package viewfit.coco;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads {@code images}, {@code annotations} and {@code categories}, in any order; everything else is left out. */
final class AnnotationReader {
    private final JsonRows rows;
    private final Path file;
    private final IouType type;
    private final Rules rules;
    private final SegmentationReader segmentations;

    private final Map<Long, Picture> pictures = new TreeMap<>();
    private final Map<Long, Category> categories = new TreeMap<>();
    private final List<Category> allCategories = new ArrayList<>();
    private final List<Annotation> objects = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private int withoutCrowd;

    AnnotationReader(JsonRows rows, Path file, IouType type, Rules rules) {
        this.rows = rows;
        this.file = file;
        this.type = type;
        this.rules = rules;
        this.segmentations = new SegmentationReader(rows, rules);
    }

    Annotations read() throws IOException {
        Set<String> seen = new HashSet<>();
        rows.topObject("an object with images, annotations and categories", name -> {
            switch (name) {
                case "images" -> rows.list(name, row -> picture());
                case "categories" -> rows.list(name, row -> category());
                case "annotations" -> rows.list(name, row -> objects.add(object()));
                default -> rows.skip();
            }
            seen.add(name);
        });
        for (String name : List.of("images", "annotations", "categories")) {
            if (!seen.contains(name)) {
                throw rows.failure(name + ": missing: must be a list of objects");
            }
        }
        List<Annotation> used = rules == Rules.SAFE ? checked() : asTheReferenceFindsThem();
        if (withoutCrowd > 0) {
            warnings.add(file + ": " + withoutCrowd + " annotations without iscrowd: taken for single objects");
        }
        allCategories.sort(Comparator.comparingLong(Category::id));
        return new Annotations(file, List.copyOf(pictures.values()), allCategories, used, warnings);
    }

    private void picture() throws IOException {
        long[] id = new long[1];
        int[] sides = new int[2];
        boolean[] has = new boolean[1];
        rows.fields(name -> {
            if (name.equals("id")) {
                id[0] = rows.id(name);
                has[0] = true;
            } else if (type == IouType.SEGM && name.equals("height")) {
                sides[0] = rows.size(name);
            } else if (type == IouType.SEGM && name.equals("width")) {
                sides[1] = rows.size(name);
            } else {
                rows.skip();
            }
        });
        if (!has[0]) {
            throw rows.missing("id", "must be a whole number");
        }
        if (type == IouType.SEGM && (sides[0] == 0 || sides[1] == 0)) {
            throw rows.missing(sides[0] == 0 ? "height" : "width", "masks need the size of their image");
        }
        if (pictures.put(id[0], new Picture(id[0], sides[0], sides[1])) != null && rules == Rules.SAFE) {
            throw rows.wrong("id", id[0] + " again", "must be of this image alone");
        }
    }

    private void category() throws IOException {
        long[] id = new long[1];
        boolean[] has = new boolean[1];
        String[] text = {""};
        rows.fields(name -> {
            if (name.equals("id")) {
                id[0] = rows.id(name);
                has[0] = true;
            } else if (name.equals("name") && rows.atText()) {
                text[0] = rows.text(name);
            } else {
                rows.skip();
            }
        });
        if (!has[0]) {
            throw rows.missing("id", "must be a whole number");
        }
        Category category = new Category(id[0], text[0].isEmpty() ? Long.toString(id[0]) : text[0]);
        if (categories.put(id[0], category) != null && rules == Rules.SAFE) {
            throw rows.wrong("id", id[0] + " again", "must be of this category alone");
        }
        allCategories.add(category);
    }

    private Annotation object() throws IOException {
        Draft draft = new Draft();
        rows.fields(name -> {
            switch (name) {
                case "id" -> draft.id = rows.id(name);
                case "image_id" -> draft.image = rows.id(name);
                case "category_id" -> draft.category = rows.id(name);
                case "area" -> draft.area = rows.number(name);
                case "iscrowd" -> draft.crowd = rows.flag(name);
                case "bbox" -> {
                    if (type == IouType.BBOX) {
                        draft.box = rows.box(name, rules);
                    } else {
                        rows.skip();
                    }
                }
                case "segmentation" -> {
                    if (type == IouType.SEGM) {
                        draft.segmentation = segmentations.read();
                    } else {
                        rows.skip();
                    }
                }
                default -> rows.skip();
            }
        });
        boolean crowd = draft.crowd != null && draft.crowd;
        if (draft.crowd == null) {
            if (rules == Rules.STRICT_REFERENCE) {
                throw rows.missing("iscrowd", "the reference fails here, must be 0 or 1");
            }
            withoutCrowd++;
        }
        if (type == IouType.BBOX && draft.box == null) {
            throw rows.missing("bbox", "must be x, y, width, height");
        }
        if (type == IouType.SEGM && draft.segmentation == null) {
            throw rows.missing("segmentation", "must be polygons or runs");
        }
        return new Annotation(
                objects.size(),
                present("id", draft.id),
                present("image_id", draft.image),
                present("category_id", draft.category),
                area(draft.area, crowd),
                crowd,
                draft.box,
                draft.segmentation);
    }

    private long present(String field, @Nullable Long value) {
        if (value == null) {
            throw rows.missing(field, "must be a whole number");
        }
        return value;
    }

    private double area(@Nullable Double area, boolean crowd) {
        if (area == null) {
            if (crowd) {
                return 0;
            }
            throw rows.missing("area", "must be the pixels of the object");
        }
        if (rules == Rules.SAFE && !(Double.isFinite(area) && area >= 0)) {
            throw rows.wrong("area", Double.toString(area), "must be 0 or more and finite");
        }
        return area;
    }

    private List<Annotation> checked() {
        Map<Long, Integer> places = new HashMap<>();
        for (Annotation each : objects) {
            String where = "annotations[" + each.place() + "]";
            Integer before = places.put(each.id(), each.place());
            if (before != null) {
                throw rows.failure(where + ".id: found " + each.id() + ", as annotations[" + before
                        + "] has: must be of this annotation alone");
            }
            if (!pictures.containsKey(each.image())) {
                throw rows.failure(
                        where + ".image_id: found " + each.image() + ": must be the id of one of the images");
            }
            if (!categories.containsKey(each.category())) {
                throw rows.failure(
                        where + ".category_id: found " + each.category() + ": must be the id of one of the categories");
            }
        }
        return objects;
    }

    /**
     * The reference looks annotations up by identifier, image by image: of several with one identifier each is replaced by the
     * last of them. Those of unknown images are not found.
     */
    private List<Annotation> asTheReferenceFindsThem() {
        Map<Long, Annotation> byId = new HashMap<>();
        Map<Long, List<Annotation>> byImage = new HashMap<>();
        for (Annotation each : objects) {
            byId.put(each.id(), each);
            byImage.computeIfAbsent(each.image(), image -> new ArrayList<>()).add(each);
        }
        List<Annotation> found = new ArrayList<>(objects.size());
        for (long image : pictures.keySet()) {
            for (Annotation each : byImage.getOrDefault(image, List.of())) {
                if (categories.containsKey(each.category())) {
                    found.add(byId.getOrDefault(each.id(), each));
                }
            }
        }
        return found;
    }

    private static final class Draft {
        private @Nullable Long id;
        private @Nullable Long image;
        private @Nullable Long category;
        private @Nullable Double area;
        private @Nullable Boolean crowd;
        private @Nullable Box box;
        private @Nullable Segmentation segmentation;
    }
}
