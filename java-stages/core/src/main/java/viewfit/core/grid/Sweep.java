package viewfit.core.grid;

import java.util.List;

/**
 * The cells of a grid.
 *
 * @param cells each another complete recipe
 * @param twins combinations that would train what an earlier cell trains, and are no cells themselves
 */
public record Sweep(List<Cell> cells, List<Twin> twins) {
    public Sweep {
        cells = List.copyOf(cells);
        twins = List.copyOf(twins);
    }
}
