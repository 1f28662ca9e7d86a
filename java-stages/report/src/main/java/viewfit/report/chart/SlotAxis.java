package viewfit.report.chart;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import org.jfree.chart.axis.AxisState;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTick;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.TextAnchor;

/** An x axis whose only ticks are given names at given places: bars stay free to sit anywhere between them. */
final class SlotAxis extends NumberAxis {

    private final transient List<Slot> slots;

    record Slot(String label, double x) {}

    SlotAxis(List<Slot> slots, double from, double to) {
        super(null);
        this.slots = List.copyOf(slots);
        setAutoRange(false);
        setRange(from, to);
    }

    @Override
    public List<NumberTick> refreshTicks(Graphics2D g2, AxisState state, Rectangle2D dataArea, RectangleEdge edge) {
        List<NumberTick> ticks = new ArrayList<>();
        for (Slot slot : slots) {
            ticks.add(new NumberTick(slot.x(), slot.label(), TextAnchor.TOP_CENTER, TextAnchor.TOP_CENTER, 0));
        }
        return ticks;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SlotAxis axis && slots.equals(axis.slots) && super.equals(other);
    }

    @Override
    public int hashCode() {
        return 31 * super.hashCode() + slots.hashCode();
    }

    @Override
    public Object clone() throws CloneNotSupportedException {
        return super.clone();
    }
}
