package viewfit.coco;

import java.nio.file.Path;
import java.util.List;

/**
 * What a detector found.
 *
 * @param file where it was read, for messages
 * @param detections in the order of the file
 * @param warnings one line each
 */
public record Results(Path file, List<Detection> detections, List<String> warnings) {
    public Results {
        detections = List.copyOf(detections);
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads a file of COCO results: a list of objects with image, category, score, and box or segmentation.
     *
     * @param type what is to be compared
     * @throws viewfit.core.contract.StageFailure with one line if the file is not what it must be
     */
    public static Results read(Path file, IouType type, Rules rules) {
        return JsonRows.read(file, rows -> new ResultReader(rows, file, type, rules).read());
    }
}
