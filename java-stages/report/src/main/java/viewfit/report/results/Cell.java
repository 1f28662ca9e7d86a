package viewfit.report.results;

import java.util.Map;

/**
 * One training run asked for.
 *
 * @param id name of the cell
 * @param recipe name of the recipe it comes from, without folder and ending
 * @param variant what is compared: recipe name plus values on the axes other than the seed; cells that differ only in
 *     the seed share it
 * @param seed the seed
 * @param axes values on the axes by name, without the seed
 * @param recipeSha256 checksum of the complete recipe; empty when unknown
 */
public record Cell(String id, String recipe, String variant, long seed, Map<String, String> axes, String recipeSha256) {
    public Cell {
        axes = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(axes));
    }
}
