package viewfit.core.grid;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import viewfit.core.contract.ExitCode;
import viewfit.core.contract.StageFailure;
import viewfit.core.metrics.Json;
import viewfit.core.metrics.Provenance;
import viewfit.core.recipe.FigureRecipe;
import viewfit.core.recipe.GridRecipe;
import viewfit.core.recipe.ShowRecipe;
import viewfit.core.recipe.TableRecipe;

/**
 * {@code shows.json}: which figures and tables a sweep is for, and which of its cells each of them shows.
 *
 * @param schema {@code shows/1}
 * @param provenance code and checksum of the grid
 * @param shows in the order of the grid
 */
public record Shows(String schema, Provenance provenance, List<Show> shows) {
    public static final String SCHEMA = "shows/1";

    /**
     * One figure or table; what does not apply to it is empty.
     *
     * @param id name of its files
     * @param kind {@code figure} or {@code table}
     * @param x key of the horizontal axis
     * @param lines keys that tell the lines apart
     * @param default_ value of x that is the usual one, as column {@code axes} writes it
     * @param paper table of the paper
     * @param rows keys that tell the rows apart
     * @param cells names of its cells, in their order
     */
    public record Show(
            String id,
            String kind,
            String x,
            List<String> lines,
            String default_,
            String paper,
            List<String> rows,
            List<String> cells) {
        public Show {
            lines = List.copyOf(lines);
            rows = List.copyOf(rows);
            cells = List.copyOf(cells);
        }
    }

    public Shows {
        if (!schema.equals(SCHEMA)) {
            throw new IllegalArgumentException("schema: found '" + schema + "': must be " + SCHEMA);
        }
        shows = List.copyOf(shows);
    }

    /** Reads and checks {@code shows.json}. */
    public static Shows read(Path file) {
        return Json.read(file, Shows.class);
    }

    /** Writes {@code shows.json} atomically. */
    public void write(Path file) {
        Json.write(file, this);
    }

    /**
     * What a grid shows.
     *
     * @param where names the grid in messages
     * @param sweep all cells of the grid
     * @param invented whether numbers that stand for open sizes are not those of the data set: they are held against nothing
     * @throws StageFailure {@link ExitCode#BAD_RECIPE} if a figure or table names what its cells do not have, or has no cell
     */
    public static Shows of(GridRecipe grid, String where, Sweep sweep, boolean invented, Provenance provenance) {
        List<Shown> all = Shown.of(sweep, invented);
        List<Show> shows = new ArrayList<>();
        for (int i = 0; i < grid.shows().size(); i++) {
            shows.add(new Chosen(where + ": shows[" + i + "]", grid.shows().get(i), all).show());
        }
        return new Shows(SCHEMA, provenance, shows);
    }

    /** One entry of the grid, and the cells it chooses. */
    private static final class Chosen {
        private final String place;
        private final ShowRecipe recipe;
        private final List<Shown> cells;

        Chosen(String place, ShowRecipe recipe, List<Shown> all) {
            this.place = place;
            this.recipe = recipe;
            recipe.where().keySet().forEach(key -> requireKnown("where." + key, key, all));
            this.cells = all.stream().filter(cell -> cell.match(recipe.where())).toList();
            if (cells.isEmpty()) {
                throw bad("where", "found " + recipe.where() + ", which no cell has: must hold for at least one");
            }
        }

        Show show() {
            List<String> names = cells.stream().map(Shown::name).toList();
            if (recipe instanceof FigureRecipe figure) {
                figure.lines().forEach(key -> requireKnown("lines", key, cells));
                List<String> values = values(figure.x());
                String usual = usual(figure.default_(), figure.x(), values);
                return new Show(
                        figure.id(),
                        figure.kind(),
                        figure.x(),
                        figure.lines(),
                        usual,
                        figure.paper(),
                        List.of(),
                        names);
            }
            TableRecipe table = (TableRecipe) recipe;
            table.rows().forEach(key -> requireKnown("rows", key, cells));
            return new Show(table.id(), table.kind(), "", List.of(), "", table.paper(), table.rows(), names);
        }

        /** The values of x, which every cell must have. */
        private List<String> values(String x) {
            requireKnown("x", x, cells);
            List<String> values = new ArrayList<>();
            for (Shown cell : cells) {
                String value = cell.text(x);
                if (value == null) {
                    throw bad(
                            "x",
                            "found " + x + ", which cell " + cell.name() + " has not: must be a key of all its cells");
                }
                values.add(value);
            }
            return values.stream().distinct().toList();
        }

        /** The value of x that a default means; none where {@code auto} comes to several. */
        private String usual(@Nullable Object value, String x, List<String> values) {
            if (value == null) {
                return "";
            }
            String text = CellNames.plain(value);
            if (values.contains(text)) {
                return text;
            }
            List<String> meant = cells.stream()
                    .filter(cell -> cell.match(Map.of(x, value)))
                    .map(cell -> String.valueOf(cell.text(x)))
                    .distinct()
                    .toList();
            if (meant.isEmpty()) {
                throw bad(
                        "default",
                        "found " + text + ": must be a value of x, " + String.join(", ", values) + ", or null");
            }
            return meant.size() == 1 ? meant.get(0) : "";
        }

        private void requireKnown(String at, String key, List<Shown> some) {
            if (some.stream().noneMatch(cell -> cell.knows(key))) {
                throw bad(at, "found " + key + ": unknown key: " + CellValues.KEYS);
            }
        }

        private StageFailure bad(String key, String message) {
            return new StageFailure(ExitCode.BAD_RECIPE, place + "." + key + ": " + message);
        }
    }

    /** For dry runs: nothing to show. */
    public static Shows none() {
        return new Shows(SCHEMA, Provenance.ofCode("", 0), List.of());
    }
}
