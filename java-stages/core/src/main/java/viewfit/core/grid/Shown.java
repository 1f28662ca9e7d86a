package viewfit.core.grid;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import viewfit.core.recipe.ViewGroup;

/** A cell as figures and tables see it: under its own values, and under those of the combinations that it stands for. */
final class Shown {
    /** A combination and what keys stand for in it. */
    private record One(Cell cell, CellValues values) {}

    private final boolean invented;
    /** The cell itself first. */
    private final List<One> all = new ArrayList<>();

    private Shown(Cell cell, boolean invented) {
        this.invented = invented;
        add(cell);
    }

    private void add(Cell cell) {
        all.add(new One(cell, cell.values()));
    }

    /**
     * The cells of a sweep, in their order.
     *
     * @param invented whether open sizes could as well be any others
     */
    static List<Shown> of(Sweep sweep, boolean invented) {
        List<Shown> shown = new ArrayList<>();
        for (Cell cell : sweep.cells()) {
            Shown one = new Shown(cell, invented);
            for (Twin twin : sweep.twins()) {
                if (twin.first().row().equals(cell.row())) {
                    one.add(twin.cell());
                }
            }
            shown.add(one);
        }
        return shown;
    }

    String name() {
        return all.get(0).cell().row().cell();
    }

    /** The cell's own value of a key, as column {@code axes} writes it; null if it has none. */
    @Nullable
    String text(String key) {
        return all.get(0).values().text(key);
    }

    boolean knows(String key) {
        return all.stream().anyMatch(one -> one.values().text(key) != null);
    }

    /** Whether one of its combinations has each value given, or one of those given. */
    boolean match(Map<String, Object> when) {
        return all.stream().anyMatch(one -> when.entrySet().stream()
                .allMatch(each -> one.values().match(Map.of(each.getKey(), each.getValue()))
                        || (one.cell().isOpen(each.getKey()) && matchOpen(each.getValue()))));
    }

    /** An open size is {@code auto} too. */
    private boolean matchOpen(Object value) {
        boolean asked =
                value.equals(ViewGroup.AUTO) || (value instanceof List<?> list && list.contains(ViewGroup.AUTO));
        return invented || asked;
    }
}
