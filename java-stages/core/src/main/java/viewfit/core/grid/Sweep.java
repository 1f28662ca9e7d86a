package viewfit.core.grid;

import java.util.List;

/**
 * The cells of a grid.
 *
 * @param cells each another complete recipe
 * @param twins one line for each combination that would train what an earlier cell trains, and is none itself
 */
public record Sweep(List<Cell> cells, List<String> twins) {
    public Sweep {
        cells = List.copyOf(cells);
        twins = List.copyOf(twins);
    }
}
