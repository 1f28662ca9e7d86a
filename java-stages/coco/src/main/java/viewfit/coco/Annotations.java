package viewfit.coco;

import java.nio.file.Path;
import java.util.List;

/**
 * The true objects of a data set.
 *
 * @param file where they were read, for messages
 * @param pictures by ascending identifier, each once
 * @param categories by ascending identifier; each once unless the reference would use them twice
 * @param objects in the order in which they compete for a detection
 * @param warnings one line each
 */
public record Annotations(
        Path file, List<Picture> pictures, List<Category> categories, List<Annotation> objects, List<String> warnings) {
    public Annotations {
        pictures = List.copyOf(pictures);
        categories = List.copyOf(categories);
        objects = List.copyOf(objects);
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads a file of COCO annotations.
     *
     * @param type what is to be compared: of the other of box and segmentation nothing is looked at
     * @throws viewfit.core.contract.StageFailure with one line if the file is not what it must be
     */
    public static Annotations read(Path file, IouType type, Rules rules) {
        return JsonRows.read(file, rows -> new AnnotationReader(rows, file, type, rules).read());
    }

    /** Whether an annotation has the identifier 0, which the reference takes for none. */
    public boolean hasIdZero() {
        return objects.stream().anyMatch(each -> each.id() == 0);
    }
}
